variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
}

variable "name" {
  description = "Name of the environment, and the beginning of every other name."
  type        = string
  default     = "safebucket"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,12}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 14 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc" {
  description = "The VPC, as the module `network` takes it: a new one, the default one, or one that is there."
  type        = any
  default     = { mode = "default" }
}

variable "entrypoint" {
  description = "Where Reveille's entrypoint comes from: `init` with the init container's `image`, or `image` with its `path` in the app's own."
  type = object({
    from  = optional(string, "init")
    image = optional(string)
    path  = optional(string, "/usr/local/bin/entrypoint")
  })
}

variable "waker_zip" {
  description = "The waker's zip; where `infra/release/build` puts it for this processor, unless set."
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
}

variable "idle_after_seconds" {
  description = "How long nobody must come before it sleeps, 300 to 86400."
  type        = number
  default     = 1800
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of alarms."
  type        = list(string)
  default     = []
}

variable "certificate_arn" {
  description = "A certificate for HTTPS; without one the environment speaks HTTP."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Names of the environment; every name where there is none."
  type        = list(string)
  default     = []
}

variable "container_insights" {
  description = "CloudWatch's metrics of tasks: `enabled`, `enhanced` or `disabled`."
  type        = string
  default     = "disabled"
}
