variable "name" {
  description = "The file system's name, and the beginning of other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,46}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 48 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "network" {
  description = "The subnets of the tasks, one in each zone, and their VPC; `security_group_ids` of yours in addition to the created one."
  type = object({
    vpc_id             = string
    subnet_ids         = list(string)
    security_group_ids = optional(list(string), [])
  })
  nullable = false

  validation {
    condition     = length(var.network.subnet_ids) > 0
    error_message = "network.subnet_ids must not be empty."
  }
}

variable "clients" {
  description = "Security groups that may mount it, by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "access_points" {
  description = "Folders that tasks mount, by name, created with this owner and mode. Tasks access them as that owner, independently of their containers' users."
  type = map(object({
    path = string
    uid  = optional(number, 1000)
    gid  = optional(number, 1000)
    mode = optional(string, "0750")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for point in var.access_points : can(regex("^(/[^/]+)+$", point.path))])
    error_message = "access_points.path must be such as /work."
  }

  validation {
    condition     = alltrue([for point in var.access_points : can(regex("^0?[0-7]{3}$", point.mode))])
    error_message = "access_points.mode must be octal, such as 0750."
  }
}

variable "performance_mode" {
  description = "`generalPurpose`, or `maxIO`, which is slower for each operation and cannot be changed later."
  type        = string
  default     = "generalPurpose"
  nullable    = false

  validation {
    condition     = contains(["generalPurpose", "maxIO"], var.performance_mode)
    error_message = "performance_mode must be generalPurpose or maxIO."
  }
}

variable "throughput_mode" {
  description = "`bursting` (by size), `elastic` (charged by transferred data) or `provisioned`."
  type        = string
  default     = "bursting"
  nullable    = false

  validation {
    condition     = contains(["bursting", "elastic", "provisioned"], var.throughput_mode)
    error_message = "throughput_mode must be bursting, elastic or provisioned."
  }
}

variable "provisioned_throughput_in_mibps" {
  description = "MiB a second, with `throughput_mode` provisioned and no other; charged while everything sleeps too."
  type        = number
  default     = null

  validation {
    condition     = var.provisioned_throughput_in_mibps == null || try(var.provisioned_throughput_in_mibps >= 1 && var.provisioned_throughput_in_mibps <= 3414, false)
    error_message = "provisioned_throughput_in_mibps must be from 1 to 3414."
  }
}

variable "backup" {
  description = "Whether AWS Backup keeps a daily backup for 35 days, also after the file system is destroyed."
  type        = bool
  default     = true
  nullable    = false
}

variable "infrequent_after_days" {
  description = "After how many days without access a file moves to the cheaper storage class: 1, 7, 14, 30, 60, 90, 180, 270, 365, or 0 for never."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 7, 14, 30, 60, 90, 180, 270, 365], var.infrequent_after_days)
    error_message = "infrequent_after_days must be 0, 1, 7, 14, 30, 60, 90, 180, 270 or 365."
  }
}

variable "kms_key_arn" {
  description = "A key of yours; it is always encrypted, with AWS's key otherwise."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
