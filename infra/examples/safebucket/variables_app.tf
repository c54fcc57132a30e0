variable "images" {
  description = "The three services' images. Safebucket's and Loki's are unchanged; the entrypoint is added in front of Safebucket's."
  type = object({
    safebucket = optional(string, "docker.io/safebucket/safebucket:latest")
    loki       = optional(string, "docker.io/grafana/loki:3.5.7")
    mailpit    = optional(string, "docker.io/axllent/mailpit:v1.27")
  })
  default  = {}
  nullable = false
}

variable "safebucket_command" {
  description = "The command that starts Safebucket in its image."
  type        = list(string)
  default     = ["/safebucket"]
  nullable    = false
}

variable "safebucket_variables" {
  description = "More variables of Safebucket, which replace those of `safebucket.tf`: another version may need others."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "loki_health_command" {
  description = "The command of Loki's health check in its container. Loki's images up to 3.5 have BusyBox; newer ones without it check themselves: `[\"CMD\", \"/usr/bin/loki\", \"-health\"]`, from the version that has it. Null for none."
  type        = list(string)
  default     = ["CMD", "/busybox/wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3100/ready"]
  nullable    = false
}

variable "sizes" {
  description = "CPU units and MiB of memory of each service's task."
  type = object({
    safebucket = optional(object({ cpu = number, memory = number }), { cpu = 256, memory = 512 })
    loki       = optional(object({ cpu = number, memory = number }), { cpu = 512, memory = 1024 })
    mailpit    = optional(object({ cpu = number, memory = number }), { cpu = 256, memory = 512 })
  })
  default  = {}
  nullable = false
}

variable "spot_percent" {
  description = "The share of each service on Fargate Spot, 0 to 100 percent."
  type = object({
    safebucket = optional(number, 0)
    loki       = optional(number, 0)
    mailpit    = optional(number, 0)
  })
  default  = {}
  nullable = false
}

variable "awake_tasks" {
  description = "The number of Safebucket's tasks while awake."
  type        = number
  default     = 1
  nullable    = false
}

variable "enable_autoscaling" {
  description = "Whether Safebucket scales by CPU (70 %) and memory (80 %) between `min_tasks` and `max_tasks` while it is awake."
  type        = bool
  default     = false
  nullable    = false
}

variable "min_tasks" {
  description = "The minimum number of Safebucket's tasks with scaling, while it is awake."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.min_tasks >= 1 && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks must be a whole number of at least 1: the waker itself sets it to 0."
  }
}

variable "max_tasks" {
  description = "The maximum number of Safebucket's tasks with scaling."
  type        = number
  default     = 3
  nullable    = false
}

variable "exec" {
  description = "Whether ECS Exec may open a shell in the tasks of the three services. Their root is then writable."
  type        = bool
  default     = false
  nullable    = false
}

variable "redeployment_trigger" {
  description = "A changed value deploys the three services anew, for images whose tags do not change."
  type        = string
  default     = "1"
  nullable    = false
}

variable "admin_email" {
  description = "The first administrator."
  type        = string
  default     = "admin@safebucket.io"
  nullable    = false
}

variable "smtp_sender" {
  description = "The sender of mail."
  type        = string
  default     = "notifications@safebucket.io"
  nullable    = false
}

variable "app_secret_arn" {
  description = "A JSON secret of yours with the keys jwt_secret (32 characters or more) and admin_password."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:", var.app_secret_arn))
    error_message = "app_secret_arn must be the ARN of a secret."
  }
}

variable "smtp_cidrs" {
  description = "IPv4 blocks, beside Safebucket, that may send mail to Mailpit, such as the VPC's."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "ec2" {
  description = "Whether to create a role and an instance profile with Safebucket's permissions."
  type        = bool
  default     = false
  nullable    = false
}
