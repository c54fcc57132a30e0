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

variable "tags" {
  description = "Tags of every resource, beside Environment."
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
  description = "A certificate for HTTPS; without one lakeFS speaks HTTP on port 80."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Host names of the environment; without one, it serves every host."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "image" {
  description = "lakeFS's image, unchanged."
  type        = string
  default     = "treeverse/lakefs:1.48.1"
  nullable    = false
}

variable "command" {
  description = "The command that starts lakeFS in its image."
  type        = list(string)
  default     = ["/app/lakefs", "run"]
  nullable    = false
}

variable "auth_secret_arn" {
  description = "A secret of yours: the key with which lakeFS encrypts its users' data."
  type        = string
  nullable    = false
}

variable "bucket_name" {
  description = "The bucket for lakeFS's objects."
  type        = string
  nullable    = false
}

variable "bucket_prefix" {
  description = "The folder in the bucket; the task has access to nothing else."
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
  description = "The minimum number of tasks while awake."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.min_tasks >= 1 && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks must be a whole number of at least 1: the waker itself sets it to 0."
  }
}

variable "max_tasks" {
  description = "The maximum number of tasks."
  type        = number
  default     = 4
  nullable    = false
}

variable "requests_per_task" {
  description = "The target of requests a minute for each task, for scaling."
  type        = number
  default     = 600
  nullable    = false
}

variable "autoscaling" {
  description = "Whether the number of tasks follows the requests. Off if Application Auto Scaling is not available."
  type        = bool
  default     = true
  nullable    = false
}

variable "idle_minutes" {
  description = "An idle alarm that scales to zero by itself, beside the waker; null for none, which is recommended, because the waker also considers open connections."
  type        = number
  default     = null
}
