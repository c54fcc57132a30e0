variable "name" {
  description = "The cache's id, and the beginning of other names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name must be 2 to 32 lower-case letters, digits and single hyphens, beginning with a letter."
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
    error_message = "A cache needs subnets in at least two zones."
  }
}

variable "clients" {
  description = "Security groups that may connect, by a name of your choice."
  type        = map(string)
  default     = {}
}

variable "engine" {
  description = "`redis` or `valkey`, and the version."
  type = object({
    name    = optional(string, "redis")
    version = optional(string, "7.1")
  })
  default = {}

  validation {
    condition     = contains(["redis", "valkey"], var.engine.name)
    error_message = "engine.name must be redis or valkey."
  }

  # Users came with Redis 6; the parameters of its version 7 and of valkey's have the major version in their name.
  validation {
    condition     = can(regex("^[78]\\.[0-9]+$", var.engine.version))
    error_message = "engine.version must be such as 7.1."
  }
}

variable "node_type" {
  description = "The node's type."
  type        = string
  default     = "cache.t4g.micro"

  validation {
    condition     = can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.node_type))
    error_message = "node_type must be such as cache.t4g.micro."
  }
}

variable "nodes" {
  description = "1 to 6; from 2 on another one takes over when the first fails."
  type        = number
  default     = 1

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 6 && floor(var.nodes) == var.nodes
    error_message = "nodes must be a whole number from 1 to 6."
  }
}

variable "login" {
  description = "The app's user. The password is in Terraform's state, and in a secret of this module, encrypted with `secret_key_arn` where that is set. `access` is what Redis lets it do."
  type = object({
    username       = optional(string, "app")
    password       = string
    access         = optional(string, "on ~* &* +@all -@dangerous")
    secret_key_arn = optional(string)
  })
  sensitive = true

  validation {
    condition     = can(regex("^[!-~]{32,128}$", var.login.password))
    error_message = "login.password must be 32 to 128 printable characters."
  }

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.login.username)) && var.login.username != "default"
    error_message = "login.username must be 1 to 31 lower-case letters, digits and hyphens, and not default."
  }
}

variable "eviction" {
  description = "What goes when the memory is full, in Redis's words."
  type        = string
  default     = "allkeys-lru"

  validation {
    condition     = contains(["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "noeviction"], var.eviction)
    error_message = "eviction must be one of Redis's policies, such as allkeys-lru."
  }
}

variable "snapshots" {
  description = "Kept for `days`, 0 to 35, and made in the `window`, in UTC."
  type = object({
    days   = optional(number, 5)
    window = optional(string, "03:00-05:00")
  })
  default = {}

  validation {
    condition     = var.snapshots.days >= 0 && var.snapshots.days <= 35
    error_message = "snapshots.days must be from 0 to 35."
  }

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.snapshots.window))
    error_message = "snapshots.window must be such as 03:00-05:00, in UTC."
  }
}

variable "maintenance_window" {
  description = "For AWS's changes, in UTC."
  type        = string
  default     = "sun:05:00-sun:07:00"

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window must be such as sun:05:00-sun:07:00."
  }
}

variable "log_retention_days" {
  description = "How long the slow log is kept."
  type        = number
  default     = 7

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs has, such as 7, 30 or 365."
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
