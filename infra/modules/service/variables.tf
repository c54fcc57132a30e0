variable "name" {
  description = "The service's name, and the beginning of other names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cluster_arn" {
  description = "The cluster."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[a-zA-Z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn must be the ARN of an ECS cluster."
  }
}

variable "task_definition_arn" {
  description = "What runs, as the module `task` makes it."
  type        = string
}

variable "container_name" {
  description = "The container that gets the load balancer's requests; the service's name unless set."
  type        = string
  default     = null
}

variable "network" {
  description = "Where the tasks run. In public subnets they need `assign_public_ip` to reach AWS."
  type = object({
    vpc_id             = string
    subnet_ids         = list(string)
    assign_public_ip   = optional(bool, false)
    security_group_ids = optional(list(string), [])
  })

  validation {
    condition     = length(var.network.subnet_ids) > 0
    error_message = "network.subnet_ids must not be empty."
  }
}

variable "load_balancer" {
  description = <<-EOT
    Makes a target group for `port`, which the load balancer with `security_group_id` may reach. `arn_suffix`, the load balancer's, is needed for scaling by requests and for alarms on them. `health` is what the load balancer asks. A wake waits until a task has answered, so it asks every 5 seconds, the shortest interval that AWS has; one answer makes a new task healthy. `unhealthy_after` is the number of failures in a row after which a task is replaced: 6, half a minute, unless set.
  EOT
  type = object({
    port                         = number
    security_group_id            = string
    arn_suffix                   = optional(string)
    protocol_version             = optional(string, "HTTP1")
    deregistration_delay_seconds = optional(number, 30)
    slow_start_seconds           = optional(number, 0)
    sticky_seconds               = optional(number, 0)
    health = optional(object({
      path               = optional(string, "/")
      codes              = optional(string, "200-399")
      interval_seconds   = optional(number, 5)
      timeout_seconds    = optional(number, 3)
      healthy_after      = optional(number, 2)
      unhealthy_after    = optional(number, 6)
      start_grace_period = optional(number, 120)
    }), {})
  })
  default = null

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.port >= 1 && var.load_balancer.port <= 65535, false)
    error_message = "load_balancer.port must be from 1 to 65535."
  }

  validation {
    condition     = var.load_balancer == null || contains(["HTTP1", "HTTP2", "GRPC"], try(var.load_balancer.protocol_version, ""))
    error_message = "load_balancer.protocol_version must be HTTP1, HTTP2 or GRPC."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.health.timeout_seconds < var.load_balancer.health.interval_seconds && var.load_balancer.health.interval_seconds >= 5 && var.load_balancer.health.interval_seconds <= 300 && var.load_balancer.health.timeout_seconds >= 2, false)
    error_message = "load_balancer.health takes an interval of 5 to 300 s and a shorter time-out of at least 2 s."
  }

  validation {
    condition     = var.load_balancer == null || try(min(var.load_balancer.health.healthy_after, var.load_balancer.health.unhealthy_after) >= 2 && max(var.load_balancer.health.healthy_after, var.load_balancer.health.unhealthy_after) <= 10, false)
    error_message = "load_balancer.health.healthy_after and unhealthy_after must be from 2 to 10."
  }

  validation {
    condition     = var.load_balancer == null || startswith(try(var.load_balancer.health.path, ""), "/")
    error_message = "load_balancer.health.path must begin with /."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.slow_start_seconds == 0 || (var.load_balancer.slow_start_seconds >= 30 && var.load_balancer.slow_start_seconds <= 900), false)
    error_message = "load_balancer.slow_start_seconds must be 0 or from 30 to 900."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.deregistration_delay_seconds >= 0 && var.load_balancer.deregistration_delay_seconds <= 3600, false)
    error_message = "load_balancer.deregistration_delay_seconds must be from 0 to 3600."
  }

  # It must cover the boot and the database's resume, which takes up to half a minute or longer.
  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.health.start_grace_period >= 30, false)
    error_message = "load_balancer.health.start_grace_period must be at least 30."
  }
}

# Apart from `load_balancer`: the rules forward to the target group that comes of that.
variable "listener_rule_arns" {
  description = "Rules that forward to the target group, of which one must be there before the service: the waker's anchor."
  type        = list(string)
  default     = []
}

variable "ingress" {
  description = "Who else may connect, by a name of your choice: a `security_group_id` or a `cidr`, to one `port`."
  type = map(object({
    port              = number
    security_group_id = optional(string)
    cidr              = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for from in var.ingress : (from.security_group_id == null) != (from.cidr == null)])
    error_message = "ingress takes either a security_group_id or a cidr."
  }

  validation {
    condition     = alltrue([for from in var.ingress : from.port >= 1 && from.port <= 65535])
    error_message = "ingress ports must be from 1 to 65535."
  }
}

variable "egress" {
  description = "Where the tasks may connect to, by a name of your choice; everywhere unless set, as AWS's own addresses are many. Ports are `from_port` to `to_port`."
  type = map(object({
    cidr      = string
    from_port = number
    to_port   = number
  }))
  default = null
}

variable "spot_percent" {
  description = "How much of the service runs on Fargate Spot, 0 to 100. A Spot task may be stopped with two minutes' notice, and there may be none when it is to wake."
  type        = number
  default     = 0

  validation {
    condition     = var.spot_percent >= 0 && var.spot_percent <= 100 && floor(var.spot_percent) == var.spot_percent
    error_message = "spot_percent must be a whole number from 0 to 100."
  }
}

variable "initial_count" {
  description = "The tasks when the service is made, 0 for asleep. Afterwards the waker, or autoscaling, sets it."
  type        = number
  default     = 0

  validation {
    condition     = var.initial_count >= 0 && var.initial_count <= 5000
    error_message = "initial_count must be from 0 to 5000."
  }
}

variable "deployment" {
  description = "`controller` is `ECS` or `CODE_DEPLOY` (for the module `blue-green`). A rolling deployment keeps `min_percent` of the tasks and at most `max_percent`; one that fails goes back by itself unless `rollback` is off. Another `trigger` deploys anew, for an image whose name stays."
  type = object({
    controller  = optional(string, "ECS")
    min_percent = optional(number, 100)
    max_percent = optional(number, 200)
    rollback    = optional(bool, true)
    trigger     = optional(string)
  })
  default = {}

  validation {
    condition     = contains(["ECS", "CODE_DEPLOY"], var.deployment.controller)
    error_message = "deployment.controller must be ECS or CODE_DEPLOY."
  }

  validation {
    condition     = var.deployment.min_percent >= 0 && var.deployment.min_percent <= 100 && var.deployment.max_percent >= 100 && var.deployment.max_percent <= 200 && var.deployment.max_percent > var.deployment.min_percent
    error_message = "deployment takes min_percent from 0 to 100 and a greater max_percent from 100 to 200."
  }
}

variable "exec" {
  description = "Whether ECS Exec may open a shell in a task, for which the task needs `exec` as well."
  type        = bool
  default     = false
}

variable "discovery" {
  description = "A name in a private DNS namespace (the `namespace_id`, of the module `cluster`), under which other services find the tasks."
  type = object({
    namespace_id = string
    name         = optional(string)
    ttl_seconds  = optional(number, 10)
  })
  default = null

  validation {
    condition     = var.discovery == null || try(var.discovery.ttl_seconds >= 0 && var.discovery.ttl_seconds <= 300, false)
    error_message = "discovery.ttl_seconds must be from 0 to 300."
  }
}

variable "tags" {
  description = "Tags of everything that is made, the tasks included."
  type        = map(string)
  default     = {}
}
