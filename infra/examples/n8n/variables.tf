variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "name" {
  description = "Name of the environment, and the beginning of every other name."
  type        = string
  default     = "n8n"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 24 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc" {
  description = "The VPC, as the module `network` takes it: a new one, the default one, or an existing one."
  type        = any
  default     = {}
}

variable "image" {
  description = "n8n's image."
  type        = string
  default     = "docker.n8n.io/n8nio/n8n:2.43.7"
  nullable    = false
}

variable "cpu_architecture" {
  description = "The processor of the waker's zip, of the entrypoint and of n8n's image, which exists for both: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "sizes" {
  description = "CPU units and MiB of memory of the main service's task and of each worker."
  type = object({
    main   = optional(object({ cpu = number, memory = number }), { cpu = 512, memory = 1024 })
    worker = optional(object({ cpu = number, memory = number }), { cpu = 512, memory = 1024 })
  })
  default  = {}
  nullable = false
}

variable "workers" {
  description = "How many workers a wake starts."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.workers >= 1 && floor(var.workers) == var.workers
    error_message = "workers must be a whole number, and at least 1."
  }
}

variable "encryption_key_secret_arn" {
  description = "The secret whose text is n8n's encryption key. Without it the credentials that n8n keeps are lost."
  type        = string
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

variable "certificate_arn" {
  description = "A certificate for HTTPS; without one n8n speaks HTTP, and its login needs `N8N_SECURE_COOKIE = \"false\"` in `environment`."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Host names of the environment, the first of which n8n shows in its addresses; without one, it serves every host."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "zone_id" {
  description = "The Route 53 zone for the hosts' records of the load balancer; without it none are created."
  type        = string
  default     = null
}

variable "environment" {
  description = "More variables of n8n, such as `GENERIC_TIMEZONE`; they replace the example's."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "schedule" {
  description = "Hours in which n8n stays awake, so that its own schedules run: asleep none does. As the module `waker` takes it."
  type = list(object({
    days      = list(string)
    from      = string
    to        = string
    time_zone = string
  }))
  default = null
}

variable "hold_seconds" {
  description = "How long the sender of a webhook is held while n8n wakes, 5 to 840 seconds. Longer than a wake, so that n8n itself answers senders that follow no redirect."
  type        = number
  default     = 180
  nullable    = false
}

variable "idle_after_seconds" {
  description = "The time without visitors after which it sleeps, 300 to 86400 seconds: longer than the longest execution, which does not count as a request."
  type        = number
  default     = 3600
  nullable    = false
}

variable "throwaway" {
  description = "For a trial environment: destroying it leaves nothing. Without it database and Redis leave a final snapshot, and the database is protected from deletion. It must be applied before the destroy."
  type        = bool
  default     = false
  nullable    = false
}

variable "master_user_password_rotation_automatically_after_days" {
  description = "After how many days RDS changes the password of the master user, as which n8n logs in here: a running n8n keeps the old one until its next start. 7 is RDS's default."
  type        = number
  default     = 365
  nullable    = false
}
