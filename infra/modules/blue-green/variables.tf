variable "name" {
  description = "The beginning of every name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name))
    error_message = "The deployment's name must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cluster_arn" {
  description = "The service's cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[a-zA-Z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn must be the ARN of an ECS cluster."
  }
}

variable "service_name" {
  description = "The service, of the module `service` with `deployment = { controller = \"CODE_DEPLOY\" }`."
  type        = string
  nullable    = false
}

variable "role_arns" {
  description = "The task's two roles, which CodeDeploy passes to the new tasks."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.role_arns) > 0 && alltrue([for arn in var.role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", arn))])
    error_message = "role_arns must be ARNs of roles."
  }
}

variable "listener_arn" {
  description = "The listener with the environment's rules."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:[0-9]{12}:listener/app/", var.listener_arn))
    error_message = "listener_arn must be the ARN of an Application Load Balancer's listener."
  }
}

variable "test_listener_arn" {
  description = "A listener for testing the new tasks before visitors reach them, such as that of an extra port."
  type        = string
  default     = null
}

variable "spare_priority" {
  description = "A free priority on the listener, for the rule that keeps the other target group in use."
  type        = number
  nullable    = false

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
  nullable = false
}

variable "green" {
  description = "The second target group, which should have the settings of the first: `port`, `health_check`. When it is live, a wake waits for its health check, whose interval is therefore 5 seconds, the shortest that AWS has."
  type = object({
    vpc_id               = string
    port                 = number
    protocol             = optional(string, "HTTP")
    protocol_version     = optional(string, "HTTP1")
    deregistration_delay = optional(number, 30)
    health_check = optional(object({
      path                = optional(string, "/")
      matcher             = optional(string, "200-399")
      interval            = optional(number, 5)
      timeout             = optional(number, 3)
      healthy_threshold   = optional(number, 2)
      unhealthy_threshold = optional(number, 6)
    }), {})
  })
  nullable = false

  validation {
    condition     = var.green.port >= 1 && var.green.port <= 65535
    error_message = "green.port must be from 1 to 65535."
  }

  validation {
    condition     = try(var.green.health_check.timeout < var.green.health_check.interval && var.green.health_check.interval >= 5 && var.green.health_check.interval <= 300 && var.green.health_check.timeout >= 2, false)
    error_message = "green.health_check takes an interval of 5 to 300 s and a shorter time-out of at least 2 s."
  }
}

variable "live" {
  description = "Which of the two is live: `blue`, and after a deployment `green`, alternating. The waker turns the route between itself and the live one."
  type        = string
  default     = "blue"
  nullable    = false

  validation {
    condition     = contains(["blue", "green"], var.live)
    error_message = "live must be blue or green."
  }
}

variable "deployment_config_name" {
  description = "How visitors are moved: one of CodeDeploy's configurations for ECS."
  type        = string
  default     = "CodeDeployDefault.ECSLinear10PercentEvery1Minutes"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._+=,@-]+$", var.deployment_config_name))
    error_message = "deployment_config_name must be the name of a deployment configuration."
  }
}

variable "termination_wait_time_in_minutes" {
  description = "How many minutes the old tasks stay after the last visitor was moved, for a rollback: 0 to 2880."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.termination_wait_time_in_minutes >= 0 && var.termination_wait_time_in_minutes <= 2880
    error_message = "termination_wait_time_in_minutes must be from 0 to 2880."
  }
}

variable "appspec_arns" {
  description = "ARNs of the AppSpec files that CodeDeploy reads from S3, such as `arn:aws:s3:::releases/appspec/*`; none if deployments contain their AppSpec."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.appspec_arns : can(regex("^arn:aws[a-z-]*:s3:::[^/*]+/.+$", arn))])
    error_message = "appspec_arns must be ARNs of objects in S3, such as arn:aws:s3:::releases/appspec/*."
  }
}

variable "alarm_names" {
  description = "Alarms that roll a deployment back."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "role_path" {
  description = "The path of the created role."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must begin and end with /."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the created role's permissions boundary, if your account requires one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy."
  }
}
