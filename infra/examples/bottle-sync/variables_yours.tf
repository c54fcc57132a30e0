# Existing resources of yours, and the container's own settings.
variable "security_group_ids" {
  description = "Your security groups for the runs and workers, in addition to the created one."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "create_security_group" {
  description = "Whether to create a security group for the runs; without it the runs only have `security_group_ids`, the first of which EFS lets in."
  type        = bool
  default     = true
  nullable    = false
}

variable "roles" {
  description = "Your roles for task and execution, instead of created ones. They get the same policies unless `attach` is false."
  type = object({
    task      = optional(object({ name = string, arn = string, attach = optional(bool, true) }))
    execution = optional(object({ name = string, arn = string, attach = optional(bool, true) }))
  })
  default  = {}
  nullable = false
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

variable "container_port" {
  description = "Where the container answers health checks, if it does."
  type        = number
  default     = 8080
  nullable    = false
}

variable "health_check" {
  description = "ECS's health check in the container, such as `[\"CMD\", \"curl\", \"-f\", \"http://localhost:8080/health\"]`, and for how many seconds after the start its failures do not count; null for none. An unhealthy run is stopped, and an unhealthy worker is replaced."
  type = object({
    command      = list(string)
    start_period = optional(number, 300)
  })
  default = null
}

variable "health_check_grace_period_seconds" {
  description = "The health check grace period of workers in seconds, if `health_check` is set."
  type        = number
  default     = 300
  nullable    = false
}

variable "temp_storage_path" {
  description = "The folder for downloads, as TEMP_STORAGE_PATH; unless set, the access point's folder in EFS or, without EFS, /tmp/bottles."
  type        = string
  default     = null
}

variable "log_kms_key_arn" {
  description = "Your key for the logs, which CloudWatch Logs must be allowed to use; CloudWatch's own otherwise."
  type        = string
  default     = null
}
