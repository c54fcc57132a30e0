variable "name" {
  description = "The cluster's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_-]{0,254}$", var.name))
    error_message = "name must be 1 to 255 letters, digits, hyphens and underscores, beginning with a letter."
  }
}

variable "container_insights" {
  description = "CloudWatch's metrics of tasks: `enabled`, `enhanced` or `disabled`. They are charged by metric; alarms on the number of tasks need them."
  type        = string
  default     = "enabled"
  nullable    = false

  validation {
    condition     = contains(["enabled", "enhanced", "disabled"], var.container_insights)
    error_message = "container_insights must be enabled, enhanced or disabled."
  }
}

variable "namespace" {
  description = "A private DNS namespace for the services: `name`, such as staging.internal, and the `vpc_id` that it is for."
  type = object({
    name   = string
    vpc_id = string
  })
  default = null

  validation {
    condition     = var.namespace == null || can(regex("^[a-z0-9][a-z0-9.-]*[a-z0-9]$", var.namespace.name))
    error_message = "namespace.name must be a domain name in lower case."
  }
}

variable "exec_logs" {
  description = "A log of commands run by ECS Exec: a CloudWatch log group of the cluster, encrypted with `kms_key_arn`, which encrypts the session as well."
  type = object({
    kms_key_arn    = string
    retention_days = optional(number, 90)
  })
  default = null

  validation {
    condition     = var.exec_logs == null || try(startswith(var.exec_logs.kms_key_arn, "arn:"), false)
    error_message = "exec_logs.kms_key_arn must be the ARN of a key."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
