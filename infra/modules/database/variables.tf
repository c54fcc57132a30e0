variable "name" {
  description = "The identifier of the cluster or instance, and the beginning of other names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,46}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name must be 2 to 48 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "kind" {
  description = "`aurora` (Serverless v2, which pauses by itself) or `instance` (RDS for PostgreSQL, which can be stopped). The settings of the other are ignored."
  type        = string
  default     = "aurora"

  validation {
    condition     = contains(["aurora", "instance"], var.kind)
    error_message = "kind must be aurora or instance."
  }
}

variable "engine_version" {
  description = "PostgreSQL's version, major or exact; for Aurora 16.8, for an instance 16, unless set. Aurora pauses from 16.3, 15.7, 14.12 and 13.15 on."
  type        = string
  default     = null

  validation {
    condition     = var.engine_version == null || can(regex("^[0-9]{2}(\\.[0-9]{1,2})?$", var.engine_version))
    error_message = "engine_version must be such as 16 or 16.8."
  }
}

variable "network" {
  description = "Subnets in at least two zones, and their VPC."
  type = object({
    vpc_id     = string
    subnet_ids = list(string)
  })

  validation {
    condition     = length(var.network.subnet_ids) >= 2
    error_message = "A database needs subnets in at least two zones."
  }
}

variable "clients" {
  description = "Security groups that may connect, by a name of your choice, such as that of the service."
  type        = map(string)
  default     = {}
}

variable "client_cidrs" {
  description = "IPv4 blocks that may connect as well, such as the VPC's."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.client_cidrs : can(cidrnetmask(cidr)) && cidr != "0.0.0.0/0"])
    error_message = "client_cidrs must hold IPv4 blocks, and not all addresses."
  }
}

variable "port" {
  description = "Where it listens."
  type        = number
  default     = 5432

  validation {
    condition     = var.port >= 1150 && var.port <= 65535
    error_message = "port must be from 1150 to 65535."
  }
}

variable "database_name" {
  description = "The database that is made in it."
  type        = string
  default     = "app"

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_]{0,62}$", var.database_name))
    error_message = "database_name must be 1 to 63 letters, digits and underscores, beginning with a letter."
  }
}

variable "login" {
  description = "The master user. Its password is RDS's own, kept in a secret that RDS makes and rotates, encrypted with `secret_key_arn` where that is set; or `password`, which then is in Terraform's state too, and in a secret of this module."
  type = object({
    username       = optional(string, "app")
    password       = optional(string)
    secret_key_arn = optional(string)
  })
  default   = {}
  sensitive = true

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_]{0,62}$", var.login.username)) && !contains(["postgres", "rdsadmin", "admin"], var.login.username)
    error_message = "login.username must be 1 to 63 letters, digits and underscores, beginning with a letter, and no reserved name."
  }

  validation {
    condition     = var.login.password == null || can(regex("^[!#-.0-?A-~]{8,128}$", var.login.password))
    error_message = "login.password must be 8 to 128 printable characters without /, @, \" and space."
  }
}

variable "backup" {
  description = "Automatic backups for `days` (0, for an instance only, is none) in the `window`, and a final snapshot unless `skip_final`."
  type = object({
    days       = optional(number, 7)
    window     = optional(string, "03:00-04:00")
    skip_final = optional(bool, true)
  })
  default = {}

  validation {
    condition     = var.backup.days >= 0 && var.backup.days <= 35 && floor(var.backup.days) == var.backup.days
    error_message = "backup.days must be a whole number from 0 to 35."
  }

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup.window))
    error_message = "backup.window must be such as 03:00-04:00, in UTC."
  }
}

variable "maintenance" {
  description = "The `window` for AWS's changes, in UTC, whether minor versions come by themselves, and whether changes are made at once."
  type = object({
    window         = optional(string, "sun:04:00-sun:05:00")
    minor_versions = optional(bool, true)
    at_once        = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance.window))
    error_message = "maintenance.window must be such as sun:04:00-sun:05:00, in UTC."
  }
}

variable "deletion_protection" {
  description = "Whether it must be switched off here before the database can be deleted."
  type        = bool
  default     = false
}

variable "kms_key_arn" {
  description = "A key of yours for the storage; it is always encrypted, with AWS's key otherwise."
  type        = string
  default     = null
}

variable "parameters" {
  description = "PostgreSQL's parameters, over those that this module sets: TLS is required. `static` ones take effect at the next start."
  type = map(object({
    value  = string
    static = optional(bool, false)
  }))
  default = {}
}

variable "monitoring" {
  description = "Enhanced monitoring every `seconds` (0 is none; 1, 5, 10, 15, 30 or 60), Performance Insights, and PostgreSQL's `logs` in CloudWatch. Of a paused Aurora none may be asked for: to read its logs wakes it."
  type = object({
    seconds  = optional(number, 0)
    insights = optional(bool, false)
    logs     = optional(bool, false)
  })
  default = {}

  validation {
    condition     = contains([0, 1, 5, 10, 15, 30, 60], var.monitoring.seconds)
    error_message = "monitoring.seconds must be 0, 1, 5, 10, 15, 30 or 60."
  }
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}
