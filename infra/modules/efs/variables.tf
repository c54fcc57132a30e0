variable "name" {
  description = "The file system's name, and the beginning of other names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,46}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 48 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "network" {
  description = "The subnets of the tasks, one in each zone, and their VPC."
  type = object({
    vpc_id     = string
    subnet_ids = list(string)
  })

  validation {
    condition     = length(var.network.subnet_ids) > 0
    error_message = "network.subnet_ids must not be empty."
  }
}

variable "clients" {
  description = "Security groups that may mount it, by a name of your choice."
  type        = map(string)
  default     = {}
}

variable "access_points" {
  description = "Folders that tasks mount, by name, made with this owner and mode. Tasks act as that owner, whoever they are inside."
  type = map(object({
    path = string
    uid  = optional(number, 1000)
    gid  = optional(number, 1000)
    mode = optional(string, "0750")
  }))
  default = {}

  validation {
    condition     = alltrue([for point in var.access_points : can(regex("^(/[^/]+)+$", point.path))])
    error_message = "access_points.path must be such as /work."
  }

  validation {
    condition     = alltrue([for point in var.access_points : can(regex("^0?[0-7]{3}$", point.mode))])
    error_message = "access_points.mode must be octal, such as 0750."
  }
}

variable "performance" {
  description = "`generalPurpose`, or `maxIO`, which is slower for each operation and cannot be changed later."
  type        = string
  default     = "generalPurpose"

  validation {
    condition     = contains(["generalPurpose", "maxIO"], var.performance)
    error_message = "performance must be generalPurpose or maxIO."
  }
}

variable "throughput" {
  description = "`mode`: `bursting` (by size), `elastic` (charged by what is moved) or `provisioned`, with so many `mibps`, which are charged while everything sleeps too."
  type = object({
    mode  = optional(string, "bursting")
    mibps = optional(number)
  })
  default = {}

  validation {
    condition     = contains(["bursting", "elastic", "provisioned"], var.throughput.mode)
    error_message = "throughput.mode must be bursting, elastic or provisioned."
  }

  validation {
    condition     = (var.throughput.mode == "provisioned") == (var.throughput.mibps != null)
    error_message = "throughput.mibps goes with mode provisioned, and with no other."
  }
}

variable "backup" {
  description = "Whether AWS Backup keeps it, every day."
  type        = bool
  default     = true
}

variable "infrequent_after_days" {
  description = "After how many days without use a file goes to the cheaper storage: 1, 7, 14, 30, 60, 90, 180, 270, 365, or 0 for never."
  type        = number
  default     = 30

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
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}
