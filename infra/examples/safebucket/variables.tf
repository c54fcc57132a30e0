variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "project_name" {
  description = "The project: begins every name, before the environment."
  type        = string
  default     = "safebucket"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,13}[a-z0-9]$", var.project_name))
    error_message = "project_name must be 2 to 15 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "environment" {
  description = "The environment, such as dev, staging or prod."
  type        = string
  default     = "dev"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$", var.environment))
    error_message = "environment must be 1 to 12 lower-case letters, digits and hyphens."
  }
}

variable "name" {
  description = "The beginning of every name, instead of project and environment."
  type        = string
  default     = null

  validation {
    condition     = var.name == null || can(regex("^[a-z][a-z0-9-]{0,26}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 28 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc" {
  description = "The VPC, as the module `network` takes it: a new one, the default one, or an existing one."
  type        = any
  default     = { mode = "default" }
  nullable    = false
}

variable "entrypoint" {
  description = "The source of Reveille's entrypoint: `init` with the init container's `image`, or `image` with its `path` in the app's own."
  type = object({
    from  = optional(string, "init")
    image = optional(string)
    path  = optional(string, "/usr/local/bin/entrypoint")
  })
  nullable = false
}

variable "waker_zip" {
  description = "The waker's zip; unless set, the path where `infra/release/build` puts it for this processor."
  type        = string
  default     = null
}

variable "cpu_architecture" {
  description = "The processor of the waker's zip, of the entrypoint and of the app's images: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "waker_variables" {
  description = "More variables for the waker, such as `AWS_ENDPOINT_URL` on a local AWS."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "idle_after_seconds" {
  description = "The idle time: after so many seconds without a visitor it sleeps, 300 to 86400."
  type        = number
  default     = 1800
  nullable    = false
}

variable "never_sleep" {
  description = "Whether it stays awake after a wake."
  type        = bool
  default     = false
  nullable    = false
}

variable "schedule" {
  description = "Hours in which it is awake: `days` (mon to sun) `from` one time `to` another in a `time_zone` such as Europe/Berlin."
  type = list(object({
    days      = list(string)
    from      = string
    to        = string
    time_zone = string
  }))
  default  = []
  nullable = false
}

variable "internal_load_balancer" {
  description = "Whether Safebucket reaches Loki by an internal load balancer, which checks Loki's health, instead of by its name in Cloud Map. It costs about 16 dollars a month, also asleep."
  type        = bool
  default     = false
  nullable    = false
}

variable "interface_endpoints" {
  description = "Interface endpoints of AWS services, beside S3, such as `ecr.api`, `ecr.dkr`, `logs`, `secretsmanager`, `sqs`; each costs about 7 dollars a month and zone, also asleep."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource, beside Project and Environment."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics that are notified of alarms."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "certificate_arn" {
  description = "A certificate for HTTPS; without one the environment speaks HTTP."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Host names of the environment; without one, it serves every host."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "container_insights" {
  description = "CloudWatch's metrics of tasks: `enabled`, `enhanced` or `disabled`."
  type        = string
  default     = "disabled"
  nullable    = false
}
