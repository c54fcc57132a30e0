variable "name" {
  description = "The beginning of every name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name))
    error_message = "The scheduled task's name must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cluster_arn" {
  description = "Where the task runs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[a-zA-Z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn must be the ARN of an ECS cluster."
  }
}

variable "task" {
  description = "The task: of the module `task` its `family_arn` (always the newest revision), `container_name`, and the ARNs of its two roles, which the scheduler passes on."
  type = object({
    family_arn         = string
    container_name     = string
    task_role_arn      = string
    execution_role_arn = string
  })
  nullable = false

  validation {
    condition     = can(regex(":task-definition/[a-zA-Z0-9_-]+$", var.task.family_arn))
    error_message = "task.family_arn must be the ARN of a task definition without a revision."
  }
}

variable "network" {
  description = "The task's subnets and security groups."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
    assign_public_ip   = optional(bool, false)
  })
  nullable = false

  validation {
    condition     = length(var.network.subnet_ids) > 0 && length(var.network.security_group_ids) > 0
    error_message = "network needs subnets and security groups."
  }
}

variable "spot" {
  description = "Whether it runs on Fargate Spot, where it may be stopped with two minutes' notice."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_execute_command" {
  description = "Whether ECS Exec may open a shell in a run, for which the task needs `enable_execute_command` as well."
  type        = bool
  default     = false
  nullable    = false
}

variable "schedules" {
  description = "The schedules, by a name of your choice: an `expression` of EventBridge Scheduler, in the `time_zone`, `count` tasks at a time, and optionally another `command` or more `environment`."
  type = map(object({
    expression  = string
    time_zone   = optional(string, "UTC")
    count       = optional(number, 1)
    command     = optional(list(string))
    environment = optional(map(string), {})
    enabled     = optional(bool, true)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for schedule in var.schedules : can(regex("^(rate|cron|at)\\(.+\\)$", schedule.expression))])
    error_message = "schedules.expression must be rate(...), cron(...) or at(...)."
  }

  validation {
    condition     = alltrue([for schedule in var.schedules : schedule.count >= 1 && schedule.count <= 10])
    error_message = "schedules.count must be from 1 to 10."
  }
}

variable "events" {
  description = "EventBridge events that start it, by a name of your choice, such as those of an orchestrating function on the bus `event_bus_name`: the `pattern` in JSON, and `variables` that the task gets from the event, each with its JSON path, which must lead to a string or a number."
  type = map(object({
    pattern   = string
    variables = optional(map(string), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for event in var.events : can(keys(jsondecode(event.pattern)))])
    error_message = "events.pattern must be a JSON object."
  }

  validation {
    condition     = alltrue(flatten([for event in var.events : [for name, path in event.variables : startswith(path, "$.") && can(regex("^[A-Za-z][A-Za-z0-9_]*$", name))]]))
    error_message = "events.variables must be names of variables, with paths such as $.detail.key."
  }
}

variable "event_bus_name" {
  description = "The event bus of `events`."
  type        = string
  default     = "default"
  nullable    = false
}

variable "failures_topic_arn" {
  description = "An SNS topic that is notified of a task that ended with another code than 0, or could not start. It must let EventBridge publish."
  type        = string
  default     = null
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
