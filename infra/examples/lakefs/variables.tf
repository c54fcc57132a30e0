variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "name" {
  description = "Name of the environment, and the beginning of every other name."
  type        = string
  default     = "lakefs"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,12}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 14 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc" {
  description = "The VPC, as the module `network` takes it: a new one, the default one, or one that is there."
  type        = any
  default     = { mode = "default" }
  nullable    = false
}

variable "entrypoint" {
  description = "Where Reveille's entrypoint comes from: `init` with the init container's `image`, or `image` with its `path` in the app's own."
  type = object({
    from  = optional(string, "init")
    image = optional(string)
    path  = optional(string, "/usr/local/bin/entrypoint")
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

variable "waker_variables" {
  description = "More variables for the waker, such as `AWS_ENDPOINT_URL` on a local AWS."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "idle_after_seconds" {
  description = "How long nobody must come before it sleeps, 300 to 86400."
  type        = number
  default     = 1800
  nullable    = false
}

variable "never_sleep" {
  description = "Whether it stays awake once it has been woken."
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

variable "tags" {
  description = "Tags of everything that is made, beside Environment."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of alarms."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "certificate_arn" {
  description = "A certificate for HTTPS; without one lakeFS speaks HTTP on port 80."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Names of the environment; every name where there is none."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "image" {
  description = "lakeFS's image, which stays as it is."
  type        = string
  default     = "treeverse/lakefs:1.48.1"
  nullable    = false
}

variable "command" {
  description = "What starts lakeFS in that image."
  type        = list(string)
  default     = ["/app/lakefs", "run"]
  nullable    = false
}

variable "auth_secret_arn" {
  description = "A secret that you have made: the key by which lakeFS encrypts what it keeps of its users."
  type        = string
  nullable    = false
}

variable "bucket_name" {
  description = "The bucket for lakeFS's objects."
  type        = string
  nullable    = false
}

variable "bucket_prefix" {
  description = "The folder in it; the task may use nothing else."
  type        = string
  default     = "lakefs/"
  nullable    = false
}

variable "size" {
  description = "CPU units and MiB of memory of a task."
  type        = object({ cpu = number, memory = number })
  default     = { cpu = 512, memory = 1024 }
  nullable    = false
}

variable "min_tasks" {
  description = "How many tasks there are at least while it is awake."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.min_tasks >= 1 && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks must be a whole number of at least 1: for none at all there is the waker."
  }
}

variable "max_tasks" {
  description = "How many tasks there may be at most."
  type        = number
  default     = 4
  nullable    = false
}

variable "requests_per_task" {
  description = "How many requests a minute a task should have, for scaling."
  type        = number
  default     = 600
  nullable    = false
}

variable "autoscaling" {
  description = "Whether tasks follow the requests. Off where Application Auto Scaling is not to be had."
  type        = bool
  default     = true
  nullable    = false
}

variable "idle_minutes" {
  description = "An idle alarm that scales to zero by itself, beside the waker; null for none, as the waker does it better."
  type        = number
  default     = null
}
