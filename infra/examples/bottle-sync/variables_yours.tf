# What may be yours already, and what the container has of its own.
variable "security_group_ids" {
  description = "Security groups of yours for the runs and workers, beside the one that is made."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "create_security_group" {
  description = "Whether to make a security group for the runs; without it `security_group_ids` are all that they have, and EFS lets the first of them in."
  type        = bool
  default     = true
  nullable    = false
}

variable "roles" {
  description = "Roles of yours for task and execution, in place of those that are made. They get the same policies unless `attach` is false."
  type = object({
    task      = optional(object({ name = string, arn = string, attach = optional(bool, true) }))
    execution = optional(object({ name = string, arn = string, attach = optional(bool, true) }))
  })
  default  = {}
  nullable = false
}

variable "permissions_boundary" {
  description = "The policy that bounds the roles that are made, where your account wants one."
  type        = string
  default     = null
}

variable "role_path" {
  description = "The path of the roles that are made."
  type        = string
  default     = "/"
  nullable    = false
}

variable "container_port" {
  description = "Where the container answers health checks, if it does."
  type        = number
  default     = 8080
  nullable    = false
}

variable "health_check" {
  description = "ECS's health check in the container, such as `[\"CMD\", \"curl\", \"-f\", \"http://localhost:8080/health\"]`, and for how many seconds after the start its failures do not count; null for none. A run that is found unhealthy is stopped, and a worker is replaced."
  type = object({
    command      = list(string)
    start_period = optional(number, 300)
  })
  default = null
}

variable "health_check_grace_period_seconds" {
  description = "For how long after its start ECS overlooks a worker's failed health checks; where `health_check` is set."
  type        = number
  default     = 300
  nullable    = false
}

variable "temp_storage_path" {
  description = "Where the sync keeps what it downloads, as TEMP_STORAGE_PATH; bottles in EFS where that is mounted, and /tmp/bottles otherwise, unless set."
  type        = string
  default     = null
}

variable "log_kms_key_arn" {
  description = "A key of yours for the logs, which it must let CloudWatch Logs use; CloudWatch's own otherwise."
  type        = string
  default     = null
}
