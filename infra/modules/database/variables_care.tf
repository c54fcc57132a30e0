variable "engine_version" {
  description = "PostgreSQL's version: a major one, such as 16, of which AWS chooses and raises the minor version, or an exact one, such as 16.8, which stays until it is raised here. 16 unless set. Aurora pauses from 16.3, 15.7, 14.12 and 13.15 on."
  type        = string
  default     = null

  validation {
    condition     = var.engine_version == null || can(regex("^[0-9]{2}(\\.[0-9]{1,2})?$", var.engine_version))
    error_message = "engine_version must be such as 16 or 16.8."
  }
}

variable "allow_major_version_upgrade" {
  description = "Whether another major version in `engine_version` may be applied: with `apply_immediately`, and while the database runs. Off again afterwards."
  type        = bool
  default     = false
  nullable    = false
}

variable "auto_minor_version_upgrade" {
  description = "Whether AWS raises the minor version in the maintenance window: with a major `engine_version` yes, and with an exact one no, unless set."
  type        = bool
  default     = null
}

variable "apply_immediately" {
  description = "Whether changes are made at once instead of in the maintenance window."
  type        = bool
  default     = false
  nullable    = false
}

variable "maintenance_window" {
  description = "The maintenance window, in UTC."
  type        = string
  default     = "sun:04:00-sun:05:00"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window must be such as sun:04:00-sun:05:00, in UTC."
  }
}

variable "backup_retention_period" {
  description = "For how many days automatic backups are kept, 0 to 35. They are deleted with the database. 0, for an instance only, makes none."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention_period >= 0 && var.backup_retention_period <= 35 && floor(var.backup_retention_period) == var.backup_retention_period
    error_message = "backup_retention_period must be a whole number from 0 to 35."
  }
}

variable "backup_window" {
  description = "The daily time of automatic backups, in UTC."
  type        = string
  default     = "03:00-04:00"
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "backup_window must be such as 03:00-04:00, in UTC."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the database. It must be switched off here, and applied, before the database can be destroyed."
  type        = bool
  default     = true
  nullable    = false
}

variable "skip_final_snapshot" {
  description = "Whether the database is deleted without a final snapshot. Terraform uses the last applied value: switch it on, apply, and then destroy."
  type        = bool
  default     = false
  nullable    = false
}

variable "final_snapshot_identifier" {
  description = "The final snapshot's name; unless set the database's own, `-final-` and eight characters that are new each time the database is created. No other snapshot may have this name."
  type        = string
  default     = null

  validation {
    condition     = var.final_snapshot_identifier == null || can(regex("^[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$", var.final_snapshot_identifier))
    error_message = "final_snapshot_identifier must be letters, digits and single hyphens, beginning with a letter."
  }
}

variable "snapshot_identifier" {
  description = "The snapshot to create the database from, such as the final one of an earlier database. It is read at creation and ignored afterwards."
  type        = string
  default     = null
}
