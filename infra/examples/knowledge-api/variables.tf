variable "region" {
  description = "The AWS region."
  type        = string
  default     = "eu-west-1"
  nullable    = false
}

variable "name" {
  description = "Name of the environment, and the beginning of every other name."
  type        = string
  default     = "knowledge-api"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) <= 40
    error_message = "name must be 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "tags" {
  description = "Tags of every resource, beside `Environment`."
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
  default  = {}
  nullable = false
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

variable "alarm_topic_arns" {
  description = "SNS topics that are notified of alarms."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "container_image" {
  description = "The API's image, in the repository that this example creates (output `ecr_repository_url`)."
  type        = string
  nullable    = false
}

variable "command" {
  description = "The command that starts the API in its image."
  type        = list(string)
  default     = ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
  nullable    = false
}

variable "api_keys_secret_arn" {
  description = "A secret of yours: the JSON of the API's keys and their tenants, such as {\"key_admin\":[\"t1\"]}."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:", var.api_keys_secret_arn))
    error_message = "api_keys_secret_arn must be the ARN of a secret."
  }
}

variable "db_path" {
  description = "The API's SQLite file, in a folder that is deleted with the task; the RDS instance is in `DATABASE_URL`."
  type        = string
  default     = "/tmp/app.db"
  nullable    = false
}

variable "db_password" {
  description = "The database's password; null lets RDS create and rotate it."
  type        = string
  default     = null
  sensitive   = true
}

variable "stop_database" {
  description = "Whether the instance is stopped while asleep, which makes a wake some minutes longer: longer than any caller of the API is held."
  type        = bool
  default     = true
  nullable    = false
}

variable "size" {
  description = "CPU units and MiB of memory of a task."
  type        = object({ cpu = number, memory = number })
  default     = { cpu = 256, memory = 512 }
  nullable    = false
}

variable "awake_tasks" {
  description = "How many tasks a wake starts; `autoscale_min` if that is more."
  type        = number
  default     = 1
  nullable    = false
}

variable "autoscale_min" {
  description = "The minimum number of tasks while awake. Asleep the waker suspends the scaling."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.autoscale_min >= 1
    error_message = "autoscale_min must be at least 1: with 0 scaling may take the last task away while it is used."
  }
}

variable "autoscale_max" {
  description = "The maximum number of tasks."
  type        = number
  default     = 4
  nullable    = false
}

variable "internal_alb" {
  description = "Whether the load balancer is only reachable by the API, and not from the internet."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "How long the API's log is kept."
  type        = number
  default     = 30
  nullable    = false
}

variable "blue_green" {
  description = "Whether CodeDeploy deploys, with two target groups; `live` says which of them is live."
  type = object({
    enabled = optional(bool, false)
    live    = optional(string, "blue")
  })
  default  = {}
  nullable = false
}
