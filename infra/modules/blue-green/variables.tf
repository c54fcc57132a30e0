variable "name" {
  description = "The beginning of every name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,24}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 26 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cluster_arn" {
  description = "The service's cluster."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[a-zA-Z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn must be the ARN of an ECS cluster."
  }
}

variable "service_name" {
  description = "The service, of the module `service` with `deployment = { controller = \"CODE_DEPLOY\" }`."
  type        = string
}

variable "role_arns" {
  description = "The task's two roles, which CodeDeploy hands over to the new tasks."
  type        = list(string)

  validation {
    condition     = length(var.role_arns) > 0 && alltrue([for arn in var.role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "role_arns must be ARNs of roles."
  }
}

variable "listener_arn" {
  description = "The listener with the environment's rules."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:[0-9]{12}:listener/app/", var.listener_arn))
    error_message = "listener_arn must be the ARN of an Application Load Balancer's listener."
  }
}

variable "test_listener_arn" {
  description = "A listener by which the new tasks can be tried before visitors get them, such as that of an extra port."
  type        = string
  default     = null
}

variable "spare_priority" {
  description = "A free priority on the listener, for the rule that keeps the other target group in use."
  type        = number

  validation {
    condition     = var.spare_priority >= 1 && var.spare_priority <= 50000
    error_message = "spare_priority must be from 1 to 50000."
  }
}

variable "blue" {
  description = "The service's own target group: its `arn` and `name`."
  type = object({
    arn  = string
    name = string
  })
}

variable "green" {
  description = "The second target group, which should be as the first: `port`, health check. When it is live, a wake waits for its health check, so that asks every 5 seconds, the shortest interval that AWS has."
  type = object({
    vpc_id           = string
    port             = number
    health_path      = optional(string, "/")
    health_codes     = optional(string, "200-399")
    interval_seconds = optional(number, 5)
    timeout_seconds  = optional(number, 3)
  })

  validation {
    condition     = var.green.port >= 1 && var.green.port <= 65535
    error_message = "green.port must be from 1 to 65535."
  }

  validation {
    condition     = try(var.green.timeout_seconds < var.green.interval_seconds && var.green.interval_seconds >= 5 && var.green.interval_seconds <= 300 && var.green.timeout_seconds >= 2, false)
    error_message = "green takes an interval of 5 to 300 s and a shorter time-out of at least 2 s."
  }
}

variable "live" {
  description = "Which of the two is live: `blue`, and after a deployment `green`, and so on in turn. The waker turns the route between itself and this one."
  type        = string
  default     = "blue"

  validation {
    condition     = contains(["blue", "green"], var.live)
    error_message = "live must be blue or green."
  }
}

variable "shift" {
  description = "How visitors are moved: one of CodeDeploy's configurations for ECS."
  type        = string
  default     = "CodeDeployDefault.ECSLinear10PercentEvery1Minutes"

  validation {
    condition     = can(regex("^[A-Za-z0-9._+=,@-]+$", var.shift))
    error_message = "shift must be the name of a deployment configuration."
  }
}

variable "old_tasks_minutes" {
  description = "How long the old tasks stay after the last visitor was moved, for a way back: 0 to 2880."
  type        = number
  default     = 15

  validation {
    condition     = var.old_tasks_minutes >= 0 && var.old_tasks_minutes <= 2880
    error_message = "old_tasks_minutes must be from 0 to 2880."
  }
}

variable "alarm_names" {
  description = "Alarms that send a deployment back when they go off."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}
