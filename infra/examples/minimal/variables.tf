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
  description = "What the container runs, behind the entrypoint."
  type        = list(string)
  nullable    = false
}

variable "port" {
  description = "Where the app listens."
  type        = number
  default     = 8080
  nullable    = false
}

variable "health_path" {
  description = "What the load balancer asks to learn that the app is healthy."
  type        = string
  default     = "/health"
  nullable    = false
}

variable "environment" {
  description = "Variables of the app."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "entrypoint" {
  description = "Where Reveille's entrypoint comes from: `init` with the init container's `image`, or `image` with its `path` in the app's own; and `export`, the variables in which the app wants its connection string, with their form."
  type = object({
    from   = optional(string, "init")
    image  = optional(string)
    path   = optional(string, "/usr/local/bin/entrypoint")
    export = optional(map(string), { DATABASE_URL = "url" })
  })
  nullable = false
}

variable "waker_zip" {
  description = "The waker's zip; where `infra/release/build` puts it for this processor, unless set."
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
  description = "A load balancer of another stack, in place of one of its own: its `listener_arn`; the `security_group_id` that tasks let in; the `url` under which this environment answers there; `priority`, the first of three free ones in a row; and its VPC, with two subnets for tasks and database. Environments that share one need `hosts`."
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
  description = "Names of the environment; every name where there is none."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "idle_after_seconds" {
  description = "How long nobody must come before it sleeps, 300 to 86400."
  type        = number
  default     = 1800
  nullable    = false
}

variable "min_awake_seconds" {
  description = "How long it stays awake after a task was started, 0 to 86400."
  type        = number
  default     = 300
  nullable    = false
}

variable "metrics_delay_seconds" {
  description = "How late CloudWatch's metrics may be, 0 to 900."
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
  description = "Tags of everything, beside `Environment`."
  type        = map(string)
  default     = {}
  nullable    = false
}
