variable "images" {
  description = "The three services' images. Safebucket's and Loki's stay as they are; the entrypoint is put in front of Safebucket's."
  type = object({
    safebucket = optional(string, "docker.io/safebucket/safebucket:latest")
    loki       = optional(string, "docker.io/grafana/loki:3.5.7")
    mailpit    = optional(string, "docker.io/axllent/mailpit:v1.27")
  })
  default = {}
}

variable "safebucket_command" {
  description = "What starts Safebucket in its image."
  type        = list(string)
  default     = ["/safebucket"]
}

variable "sizes" {
  description = "CPU units and MiB of memory of each service's task."
  type = object({
    safebucket = optional(object({ cpu = number, memory = number }), { cpu = 256, memory = 512 })
    loki       = optional(object({ cpu = number, memory = number }), { cpu = 512, memory = 1024 })
    mailpit    = optional(object({ cpu = number, memory = number }), { cpu = 256, memory = 512 })
  })
  default = {}
}

variable "spot_percent" {
  description = "How much of each service runs on Fargate Spot, 0 to 100."
  type = object({
    safebucket = optional(number, 0)
    loki       = optional(number, 0)
    mailpit    = optional(number, 0)
  })
  default = {}
}

variable "awake_tasks" {
  description = "How many tasks of Safebucket there are awake."
  type        = number
  default     = 1
}

variable "max_tasks" {
  description = "With a number, Safebucket scales by CPU (70 %) and memory (80 %) up to it; null for no scaling."
  type        = number
  default     = null
}

variable "exec" {
  description = "Whether ECS Exec may open a shell in Safebucket's task."
  type        = bool
  default     = false
}

variable "redeployment_trigger" {
  description = "Another value deploys Safebucket anew, for an image whose name stays."
  type        = string
  default     = "1"
}

variable "admin_email" {
  description = "The first administrator."
  type        = string
  default     = "admin@safebucket.io"
}

variable "smtp_sender" {
  description = "From whom mail comes."
  type        = string
  default     = "notifications@safebucket.io"
}

variable "app_secret_arn" {
  description = "A JSON secret that you have made, with the keys jwt_secret (32 characters or more) and admin_password."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:", var.app_secret_arn))
    error_message = "app_secret_arn must be the ARN of a secret."
  }
}

variable "bucket_name" {
  description = "The bucket for files; Loki's is the same with -logs."
  type        = string
}

variable "cors_origins" {
  description = "Origins whose pages may use the bucket."
  type        = list(string)
  default     = ["http://localhost:3000"]
}

variable "queues" {
  description = "Names of the queues for the bucket's events and for notifications."
  type = object({
    events        = string
    notifications = string
  })
}

variable "database" {
  description = "RDS for PostgreSQL: `class`, storage in GiB, version, backups, protection; `stop_when_idle` stops it asleep, which makes a wake some minutes longer."
  type = object({
    class               = optional(string, "db.t4g.micro")
    storage             = optional(number, 20)
    max_storage         = optional(number, 100)
    engine_version      = optional(string, "15")
    name                = optional(string, "safebucket")
    username            = optional(string, "safebucket")
    backup_days         = optional(number, 7)
    backup_window       = optional(string, "03:00-04:00")
    maintenance_window  = optional(string, "sun:04:00-sun:05:00")
    deletion_protection = optional(bool, false)
    skip_final_snapshot = optional(bool, true)
    stop_when_idle      = optional(bool, true)
  })
  default = {}
}

variable "database_password" {
  description = "The database's password; null lets RDS make and rotate it."
  type        = string
  default     = null
  sensitive   = true
}

variable "cache" {
  description = "ElastiCache: node type, number of nodes, snapshots, maintenance, and how long the slow log is kept."
  type = object({
    node_type          = optional(string, "cache.t4g.micro")
    nodes              = optional(number, 1)
    snapshot_days      = optional(number, 5)
    snapshot_window    = optional(string, "03:00-05:00")
    maintenance_window = optional(string, "sun:05:00-sun:07:00")
    log_retention_days = optional(number, 7)
  })
  default = {}
}

variable "cache_password" {
  description = "The password of Redis's user, 32 characters or more."
  type        = string
  sensitive   = true
}

variable "smtp_cidrs" {
  description = "IPv4 blocks, beside Safebucket, that may hand mail to Mailpit, such as the VPC's."
  type        = set(string)
  default     = []
}
