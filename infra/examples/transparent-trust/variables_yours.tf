# Existing resources of yours that replace the example's.
variable "load_balancer" {
  description = "Your load balancer: the HTTPS `listener_arn`, the `security_group_id` that tasks let in, and a free `priority` with two more free after it. `target_group_arn` is your target group, of the type ip; one is created unless it is set."
  type = object({
    listener_arn      = string
    security_group_id = string
    priority          = optional(number, 100)
    target_group_arn  = optional(string)
  })
  default = null
}

variable "database_secret_arn" {
  description = "The secret of your PostgreSQL database: JSON with host, port, dbname, username and password. It must let in the tasks' security group (output `security_group_id`). The waker does not touch that database, unless `database_arn` names it."
  type        = string
  default     = null

  validation {
    condition     = var.database_secret_arn == null || can(regex("^arn:aws[a-z-]*:secretsmanager:.*-[A-Za-z0-9]{6}$", var.database_secret_arn))
    error_message = "database_secret_arn must be the whole ARN of a secret, with the six characters at its end."
  }
}

variable "database_arn" {
  description = "With `database_secret_arn`: the ARN of that Aurora cluster or RDS instance, which a wake then starts if it is stopped."
  type        = string
  default     = null

  validation {
    condition     = var.database_arn == null || can(regex("^arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:(cluster|db):", var.database_arn))
    error_message = "database_arn must be the ARN of a cluster or of an instance."
  }
}

variable "permissions_boundary" {
  description = "The permissions boundary of the created roles, if your account requires one."
  type        = string
  default     = null
}

variable "role_path" {
  description = "The path of the created roles."
  type        = string
  default     = "/"
  nullable    = false
}

variable "egress" {
  description = "The tasks' outbound connections, by a name of your choice. Unless set: everywhere by HTTPS, for AWS, Anthropic and Google, and in the VPC to PostgreSQL (5432) and Redis (6379)."
  type = map(object({
    cidr      = string
    from_port = number
    to_port   = number
  }))
  default = null
}

variable "nextauth_url" {
  description = "The URL for visitors, such as https://app.example.com; https:// and the first of `hosts` unless set."
  type        = string
  default     = null

  validation {
    condition     = var.nextauth_url == null || can(regex("^https://[^/]+$", var.nextauth_url))
    error_message = "nextauth_url must be such as https://app.example.com."
  }
}

variable "user" {
  description = "The user and group of the container; null for the image's own. That of the Dockerfile in the README unless set: not root."
  type        = string
  default     = "1001:1001"
}

variable "schedule" {
  description = "Hours in which it stays awake without visitors, as the module `waker` takes them."
  type = list(object({
    days      = list(string)
    from      = string
    to        = string
    time_zone = string
  }))
  default  = []
  nullable = false
}

variable "migrate_command" {
  description = "The command that applies the database's migrations, in the app's image."
  type        = list(string)
  default     = ["npx", "prisma", "migrate", "deploy"]
  nullable    = false
}
