variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "name" {
  description = "Name of the environment, and the beginning of every other name."
  type        = string
  default     = "minimal"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 40
    error_message = "name must be 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "image" {
  description = "The app's image."
  type        = string
  nullable    = false
}

variable "command" {
  description = "The container's command, behind the entrypoint."
  type        = list(string)
  nullable    = false
}

variable "port" {
  description = "The app's port."
  type        = number
  default     = 8080
  nullable    = false
}

variable "health_path" {
  description = "The path of the load balancer's health check."
  type        = string
  default     = "/health"
  nullable    = false
}

variable "environment" {
  description = "Environment variables of the app."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "entrypoint" {
  description = "The source of Reveille's entrypoint: `init` with the init container's `image`, or `image` with its `path` in the app's own; and `export`, the app's variables for the connection string, with their form."
  type = object({
    from   = optional(string, "init")
    image  = optional(string)
    path   = optional(string, "/usr/local/bin/entrypoint")
    export = optional(map(string), { DATABASE_URL = "url" })
  })
  nullable = false
}

variable "waker_zip" {
  description = "The waker's zip; unless set, the path where `infra/release/build` puts it for this processor."
  type        = string
  default     = null
}

variable "cpu_architecture" {
  description = "The processor of the waker's zip, of the entrypoint and of the app's image: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "shared_load_balancer" {
  description = "A load balancer of another stack, instead of its own: its `listener_arn`; the `security_group_id` that tasks let in; the `url` of this environment there; `priority`, the first of three free ones in a row; and its VPC, with two subnets for tasks and database. Environments that share one need `hosts`."
  type = object({
    listener_arn      = string
    security_group_id = string
    url               = string
    priority          = number
    vpc_id            = string
    public_subnet_ids = list(string)
  })
  default = null
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

variable "idle_after_seconds" {
  description = "The idle time: after so many seconds without a visitor it sleeps, 300 to 86400."
  type        = number
  default     = 1800
  nullable    = false
}

variable "min_awake_seconds" {
  description = "How long it stays awake after a task's start, 0 to 86400 seconds."
  type        = number
  default     = 300
  nullable    = false
}

variable "metrics_delay_seconds" {
  description = "The delay of CloudWatch's metrics to wait for, 0 to 900 seconds."
  type        = number
  default     = 180
  nullable    = false
}

variable "engine_version" {
  description = "Aurora PostgreSQL's version, such as 16; AWS keeps the minor version."
  type        = string
  default     = "16"
  nullable    = false
}

variable "waker_variables" {
  description = "More variables for the waker, such as `AWS_ENDPOINT_URL` on a local AWS."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource, beside `Environment`."
  type        = map(string)
  default     = {}
  nullable    = false
}
