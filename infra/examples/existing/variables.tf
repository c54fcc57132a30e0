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
  description = "The waker's zip; where `infra/release/build` puts it for this processor, unless set."
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
  description = "What is there already, by name: the `listener_arn`, a free `priority` with two more free after it and all before the rule that serves today, the `hosts`, the `cluster_arn`, and the services, of which the first is the app itself. `database_arn` is an Aurora cluster's or an RDS instance's; `stop_database` stops it asleep. `hold_seconds`, `idle_timeout_seconds` (the load balancer's, 60 unless set) and `behind` are the waker module's."
  type = map(object({
    listener_arn = string
    priority     = number
    hosts        = list(string)
    cluster_arn  = string
    services = list(object({
      name             = string
      count            = optional(number, 1)
      target_group_arn = optional(string)
    }))
    database_arn         = optional(string)
    stop_database        = optional(bool, false)
    idle_after_seconds   = optional(number, 1800)
    hold_seconds         = optional(number)
    idle_timeout_seconds = optional(number)
    behind               = optional(string, "load_balancer")
  }))
  nullable = false
}
