variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "name" {
  description = "Name of the waker's function."
  type        = string
  default     = "reveille"
  nullable    = false
}

variable "waker_zip" {
  description = "The waker's zip; unless set, the path where `infra/release/build` puts it for this processor."
  type        = string
  default     = null
}

variable "cpu_architecture" {
  description = "The processor of the waker's zip: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "environments" {
  description = <<-EOT
    What is there already, by name: the `listener_arn`, a free `priority` with two more free after it and all before the rule that serves today, the `hosts` and `paths` of that rule, the `cluster_arn` (of a service its own, where it is another), and the services. The first service with a target group is the app; `after` and `optional` say what a wake waits for.
    `database_arn` is an Aurora cluster's or an RDS instance's; `stop_database` stops it asleep; it is probed by `connect`, for which the function must be in its VPC (`vpc`), or by `data_api`. All else is the waker module's: `idle_after_seconds`, `min_awake_seconds`, `schedule`, `never_sleep`, `dry_run`, `hold_seconds`, `hold_rounds`, `idle_timeout_seconds` (the load balancer's, 60 unless set), `behind`, `guard`, `theme`.
  EOT
  type = map(object({
    listener_arn = string
    priority     = number
    hosts        = list(string)
    paths        = optional(list(string), [])
    cluster_arn  = string
    services = list(object({
      name             = string
      cluster_arn      = optional(string)
      arn              = optional(string)
      count            = optional(number, 1)
      target_group_arn = optional(string)
      after            = optional(list(string), [])
      optional         = optional(bool)
      scales           = optional(bool, true)
    }))
    database_arn  = optional(string)
    stop_database = optional(bool, false)
    connect       = optional(object({ host = string, port = optional(number) }))
    data_api      = optional(object({ secret_arn = string, database = optional(string), kms_key_arn = optional(string) }))

    idle_after_seconds   = optional(number, 1800)
    min_awake_seconds    = optional(number)
    never_sleep          = optional(bool)
    dry_run              = optional(bool)
    hold_seconds         = optional(number)
    hold_rounds          = optional(number)
    idle_timeout_seconds = optional(number)
    behind               = optional(string, "load_balancer")
    schedule             = optional(list(object({ days = list(string), from = string, to = string, time_zone = string })))
    guard = optional(object({
      wake           = optional(string)
      token_sha256   = optional(string)
      networks       = optional(list(string))
      refuse_agents  = optional(list(string))
      refuse_paths   = optional(list(string))
      refuse_methods = optional(list(string))
      wakes_per_hour = optional(number)
    }))
    theme = optional(object({ title = optional(string), message = optional(string), accent = optional(string), logo = optional(string) }))
  }))
  nullable = false

  validation {
    condition     = alltrue([for environment in var.environments : anytrue([for service in environment.services : service.target_group_arn != null && service.optional != true])])
    error_message = "One service of each environment, and not an optional one, must have a target_group_arn: that of the load balancer's rule today. It is the app, which a wake waits for."
  }
}

variable "vpc" {
  description = "The VPC of the function, for `connect`: as the module `waker` takes it."
  type = object({
    id                    = string
    subnet_ids            = list(string)
    security_group_ids    = optional(list(string), [])
    create_security_group = optional(bool, true)
    https_cidrs           = optional(list(string), ["0.0.0.0/0"])
    database_cidrs        = optional(list(string))
  })
  default = null
}

variable "alarm_topic_arns" {
  description = "SNS topics that are notified of failed wakes; an empty list creates the alarms without notifications, and null creates none."
  type        = list(string)
  default     = null
}

variable "permissions_boundary" {
  description = "The permissions boundary of the created roles, if your account requires one."
  type        = string
  default     = null
}

variable "role_path" {
  description = "The path of the created roles."
  type        = string
  default     = "/"
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
