variable "region" {
  description = "The AWS region."
  type        = string
  default     = "us-west-2"
  nullable    = false
}

variable "project_name" {
  description = "The project, with which every name begins."
  type        = string
  default     = "homebrew-bottles-sync"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.project_name)) && length(var.project_name) <= 28
    error_message = "project_name must be 1 to 28 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "environment" {
  description = "The environment, with which every name ends."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", var.environment)) && length(var.environment) <= 14
    error_message = "environment must be 1 to 14 lower-case letters, digits and single hyphens."
  }
}

variable "tags" {
  description = "Tags of every resource, beside `Project` and `Environment`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "vpc" {
  description = "The VPC, as the module `network` takes it: a new one, the default one, or an existing one."
  type = object({
    mode               = optional(string, "new")
    id                 = optional(string)
    public_subnet_ids  = optional(list(string), [])
    private_subnet_ids = optional(list(string), [])
    cidr               = optional(string, "10.0.0.0/16")
    zones              = optional(list(string), [])
    zone_count         = optional(number, 2)
    private_subnets    = optional(bool, false)
    nat                = optional(string, "none")
  })
  default  = { private_subnets = true, nat = "single" }
  nullable = false
}

variable "image" {
  description = "The sync's image."
  type        = string
  nullable    = false
}

variable "cpu_architecture" {
  description = "The processor of the app's image: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "command" {
  description = "The task's command; the image's own unless set."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "size" {
  description = "CPU units and MiB of memory of a run, and GiB of its own storage if 20 are not enough."
  type = object({
    cpu     = optional(number, 2048)
    memory  = optional(number, 8192)
    storage = optional(number)
  })
  default  = {}
  nullable = false
}

variable "schedules" {
  description = "The schedules of the runs, by a name of your choice, in EventBridge Scheduler's format."
  type = map(object({
    expression = string
    time_zone  = optional(string, "UTC")
  }))
  default  = { weekly = { expression = "cron(0 3 ? * SUN *)" } }
  nullable = false
}

variable "orchestrator_source" {
  description = "The `source` of the events on the default bus with which your orchestrating function starts a run; null for none. `detail.date` becomes SYNC_DATE."
  type        = string
  default     = null
}

variable "spot" {
  description = "Whether it runs on Fargate Spot."
  type        = bool
  default     = false
  nullable    = false
}

variable "bucket_name" {
  description = "The bucket for bottles."
  type        = string
  nullable    = false
}

variable "slack_webhook_secret_arn" {
  description = "A secret of yours with the Slack webhook's address; null for none."
  type        = string
  default     = null
}

variable "secrets" {
  description = "More variables from Secrets Manager, by their ARNs."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "environment_variables" {
  description = "More environment variables."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_level" {
  description = "The log level of the sync."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "download_concurrency" {
  description = "The number of parallel downloads."
  type        = number
  default     = 5
  nullable    = false
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
  nullable    = false
}

variable "efs" {
  description = "EFS for files in transit: its throughput as the module `efs` takes it (provisioned throughput is charged between the runs as well), and backups; null for the task's own storage."
  type = object({
    performance = optional(string, "generalPurpose")
    throughput  = optional(object({ mode = optional(string, "bursting"), mibps = optional(number) }), {})
    backup      = optional(bool, true)
  })
  default = {}
}

variable "read_only_root" {
  description = "Whether the container may write only to EFS and to /tmp."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_execute_command" {
  description = "Whether ECS Exec may open a shell in a run or a worker; it needs `read_only_root = false`."
  type        = bool
  default     = false
  nullable    = false
}

variable "workers" {
  description = "A service of workers beside the runs, from 0 to `max_capacity`: one more when CPU or memory is beyond its target for two minutes, one less after five. From 0 it only rises by `custom` metrics, such as the length of a queue. Null for none."
  type = object({
    max_capacity       = optional(number, 10)
    cpu                = optional(number, 70)
    memory             = optional(number, 80)
    scale_out_cooldown = optional(number, 300)
    scale_in_cooldown  = optional(number, 600)
    custom = optional(map(object({
      namespace    = string
      metric_name  = string
      dimensions   = optional(map(string), {})
      statistic    = optional(string, "Average")
      target_value = number
    })), {})
  })
  default = null
}

variable "failures_topic_arn" {
  description = "An SNS topic that is notified of failed runs; null for none."
  type        = string
  default     = null
}
