variable "name" {
  description = "The service's name, and the beginning of other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name))
    error_message = "The service's name must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cluster_arn" {
  description = "The cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[a-zA-Z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn must be the ARN of an ECS cluster."
  }
}

variable "task_definition_arn" {
  description = "The task definition, as the module `task` creates it."
  type        = string
  nullable    = false
}

variable "container_name" {
  description = "The container that receives the load balancer's requests; the service's name unless set."
  type        = string
  default     = null
}

variable "network" {
  description = "The tasks' network. In public subnets they need `assign_public_ip` to reach AWS. `security_group_ids` are more groups of yours, or all of them if `create_security_group` is false."
  type = object({
    vpc_id             = string
    subnet_ids         = list(string)
    assign_public_ip   = optional(bool, false)
    security_group_ids = optional(list(string), [])
  })
  nullable = false

  validation {
    condition     = length(var.network.subnet_ids) > 0
    error_message = "network.subnet_ids must not be empty."
  }
}

variable "create_security_group" {
  description = "Whether to create a security group for the tasks, with the rules of `ingress` and `egress`; without it `network.security_group_ids` must let the load balancer in."
  type        = bool
  default     = true
  nullable    = false
}

variable "load_balancer" {
  description = <<-EOT
    Creates a target group for `port`, which the load balancer with `security_group_id` may reach. `protocol` is `HTTP` or `HTTPS`, towards the tasks; `protocol_version` is `HTTP1`, `HTTP2` or `GRPC`. `arn_suffix`, the load balancer's, is needed for scaling by requests and for alarms on them. `deregistration_delay` and `slow_start` in seconds.
    `health_check` is the load balancer's, with AWS's own names. A wake waits until a task is healthy, so the interval is 5 seconds, the shortest that AWS has; one success makes a new task healthy. `unhealthy_threshold` is the number of failures in a row after which a task is replaced: 6, half a minute, unless set.
    With `create_target_group = false` the tasks are registered with your own group, `target_group_arn`, of the type ip; then only `port`, `security_group_id` and `arn_suffix` apply.
  EOT
  type = object({
    port                 = number
    security_group_id    = optional(string)
    arn_suffix           = optional(string)
    create_target_group  = optional(bool, true)
    target_group_arn     = optional(string)
    protocol             = optional(string, "HTTP")
    protocol_version     = optional(string, "HTTP1")
    deregistration_delay = optional(number, 30)
    slow_start           = optional(number, 0)
    sticky_seconds       = optional(number, 0)
    health_check = optional(object({
      path                = optional(string, "/")
      matcher             = optional(string, "200-399")
      interval            = optional(number, 5)
      timeout             = optional(number, 3)
      healthy_threshold   = optional(number, 2)
      unhealthy_threshold = optional(number, 6)
    }), {})
  })
  default = null

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.port >= 1 && var.load_balancer.port <= 65535, false)
    error_message = "load_balancer.port must be from 1 to 65535."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.create_target_group != (var.load_balancer.target_group_arn != null), false)
    error_message = "load_balancer.target_group_arn goes with create_target_group = false, and with nothing else."
  }

  validation {
    condition     = var.load_balancer == null || contains(["HTTP", "HTTPS"], try(var.load_balancer.protocol, ""))
    error_message = "load_balancer.protocol must be HTTP or HTTPS."
  }

  validation {
    condition     = var.load_balancer == null || contains(["HTTP1", "HTTP2", "GRPC"], try(var.load_balancer.protocol_version, ""))
    error_message = "load_balancer.protocol_version must be HTTP1, HTTP2 or GRPC."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.health_check.timeout < var.load_balancer.health_check.interval && var.load_balancer.health_check.interval >= 5 && var.load_balancer.health_check.interval <= 300 && var.load_balancer.health_check.timeout >= 2, false)
    error_message = "load_balancer.health_check takes an interval of 5 to 300 s and a shorter time-out of at least 2 s."
  }

  validation {
    condition     = var.load_balancer == null || try(min(var.load_balancer.health_check.healthy_threshold, var.load_balancer.health_check.unhealthy_threshold) >= 2 && max(var.load_balancer.health_check.healthy_threshold, var.load_balancer.health_check.unhealthy_threshold) <= 10, false)
    error_message = "load_balancer.health_check.healthy_threshold and unhealthy_threshold must be from 2 to 10."
  }

  validation {
    condition     = var.load_balancer == null || startswith(try(var.load_balancer.health_check.path, ""), "/")
    error_message = "load_balancer.health_check.path must begin with /."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.slow_start == 0 || (var.load_balancer.slow_start >= 30 && var.load_balancer.slow_start <= 900), false)
    error_message = "load_balancer.slow_start must be 0 or from 30 to 900."
  }

  validation {
    condition     = var.load_balancer == null || try(var.load_balancer.deregistration_delay >= 0 && var.load_balancer.deregistration_delay <= 3600, false)
    error_message = "load_balancer.deregistration_delay must be from 0 to 3600."
  }
}

variable "health_check_grace_period_seconds" {
  description = "For how many seconds after a task's start its failed health checks do not count: at least 30 with a load balancer, because it must cover the boot and the database's resume, and 120 there unless set. Without a load balancer it applies to the container's own health check, and is 0 unless set."
  type        = number
  default     = null

  validation {
    condition     = var.health_check_grace_period_seconds == null || try(var.health_check_grace_period_seconds >= 0 && var.health_check_grace_period_seconds <= 2147483647, false)
    error_message = "health_check_grace_period_seconds must be from 0 to 2147483647."
  }
}

# Not a part of `load_balancer`: the rules forward to the target group that `load_balancer` creates.
variable "listener_rule_arns" {
  description = "Rules that forward to the target group, of which one must exist before the service: the waker's anchor rule."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "ingress" {
  description = "Further sources of inbound connections, by a name of your choice: a `security_group_id` or a `cidr`, to one `port`."
  type = map(object({
    port              = number
    security_group_id = optional(string)
    cidr              = optional(string)
  }))
  default  = {}
  nullable = false

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
  description = "The tasks' outbound connections, by a name of your choice; everywhere unless set, because AWS has many addresses. Ports are `from_port` to `to_port`."
  type = map(object({
    cidr      = string
    from_port = number
    to_port   = number
  }))
  default = null
}

variable "spot_percent" {
  description = "The share of the service on Fargate Spot, 0 to 100 percent. A Spot task may be stopped with two minutes' notice, and Spot capacity may be missing during a wake."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.spot_percent >= 0 && var.spot_percent <= 100 && floor(var.spot_percent) == var.spot_percent
    error_message = "spot_percent must be a whole number from 0 to 100."
  }
}

variable "initial_count" {
  description = "The desired count at creation, 0 for asleep. Afterwards the waker, or autoscaling, sets it."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.initial_count >= 0 && var.initial_count <= 5000
    error_message = "initial_count must be from 0 to 5000."
  }
}

variable "deployment" {
  description = "`controller` is `ECS` or `CODE_DEPLOY` (for the module `blue-green`). A rolling deployment keeps `minimum_healthy_percent` of the tasks and at most `maximum_percent`; a failed one is rolled back unless `rollback` is off."
  type = object({
    controller              = optional(string, "ECS")
    minimum_healthy_percent = optional(number, 100)
    maximum_percent         = optional(number, 200)
    rollback                = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["ECS", "CODE_DEPLOY"], var.deployment.controller)
    error_message = "deployment.controller must be ECS or CODE_DEPLOY."
  }

  validation {
    condition     = var.deployment.minimum_healthy_percent >= 0 && var.deployment.minimum_healthy_percent <= 100 && var.deployment.maximum_percent >= 100 && var.deployment.maximum_percent <= 200 && var.deployment.maximum_percent > var.deployment.minimum_healthy_percent
    error_message = "deployment takes minimum_healthy_percent from 0 to 100 and a greater maximum_percent from 100 to 200."
  }
}

variable "force_new_deployment" {
  description = "Whether an apply starts a new deployment with the same task definition, for an image whose tag does not change: at every change of the service, and with `triggers` whenever one of these changes. With CodeDeploy use a deployment of its own."
  type        = bool
  default     = false
  nullable    = false
}

variable "triggers" {
  description = "Values of your choice, such as an image's digest; a change starts a new deployment. They need `force_new_deployment`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "enable_execute_command" {
  description = "Whether ECS Exec may open a shell in a task, for which the task needs `enable_execute_command` as well."
  type        = bool
  default     = false
  nullable    = false
}

variable "discovery" {
  description = "A name in a private DNS namespace (the `namespace_id`, of the module `cluster`), by which other services find the tasks."
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
  description = "Tags of every resource, the tasks included."
  type        = map(string)
  default     = {}
  nullable    = false
}
