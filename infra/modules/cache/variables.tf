variable "name" {
  description = "The cache's id, and the beginning of other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name must be 2 to 32 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "network" {
  description = "Subnets in at least two zones, and their VPC; `security_group_ids` of yours in addition to the created one."
  type = object({
    vpc_id             = string
    subnet_ids         = list(string)
    security_group_ids = optional(list(string), [])
  })
  nullable = false

  validation {
    condition     = length(var.network.subnet_ids) >= 2
    error_message = "A cache needs subnets in at least two zones."
  }
}

variable "clients" {
  description = "Security groups that may connect, by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "client_cidrs" {
  description = "IPv4 blocks that may connect as well, such as the VPC's."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.client_cidrs : can(cidrnetmask(cidr)) && cidr != "0.0.0.0/0"])
    error_message = "client_cidrs must hold IPv4 blocks, and not all addresses."
  }
}

variable "engine" {
  description = "`redis` or `valkey`."
  type        = string
  default     = "redis"
  nullable    = false

  validation {
    condition     = contains(["redis", "valkey"], var.engine)
    error_message = "engine must be redis or valkey."
  }
}

variable "engine_version" {
  description = "The engine's version, such as 7.1 of Redis or 8.0 of Valkey."
  type        = string
  default     = "7.1"
  nullable    = false

  # Users came with Redis 6; the parameters of its version 7 and of valkey's have the major version in their name.
  validation {
    condition     = can(regex("^[78]\\.[0-9]+$", var.engine_version))
    error_message = "engine_version must be such as 7.1."
  }
}

variable "node_type" {
  description = "The node's type."
  type        = string
  default     = "cache.t4g.micro"
  nullable    = false

  validation {
    condition     = can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.node_type))
    error_message = "node_type must be such as cache.t4g.micro."
  }
}

variable "num_cache_clusters" {
  description = "The number of nodes, 1 to 6; from 2 on another one takes over when the first fails."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.num_cache_clusters >= 1 && var.num_cache_clusters <= 6 && floor(var.num_cache_clusters) == var.num_cache_clusters
    error_message = "num_cache_clusters must be a whole number from 1 to 6."
  }
}

variable "authentication" {
  description = "How clients log in: as their own `user`, with a `token` alone (for clients that cannot send a username), or `none`, so that only the security group restricts access. Choose it before the cache is created."
  type        = string
  default     = "user"
  nullable    = false

  validation {
    condition     = contains(["user", "token", "none"], var.authentication)
    error_message = "authentication must be user, token or none."
  }
}

variable "login" {
  description = "The app's user. Secrets Manager generates the `password` unless you set one; it is in Terraform's state either way, and in a secret of this module, encrypted with `secret_key_arn` if that is set. `access` is the access string of a `user`."
  type = object({
    username       = optional(string, "app")
    password       = optional(string)
    access         = optional(string, "on ~* &* +@all -@dangerous +info")
    secret_key_arn = optional(string)
  })
  default   = {}
  sensitive = true
  nullable  = false

  validation {
    condition     = var.login.password == null || can(regex("^[!-~]{32,128}$", var.login.password))
    error_message = "login.password must be 32 to 128 printable characters."
  }

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.login.username)) && var.login.username != "default"
    error_message = "login.username must be 1 to 31 lower-case letters, digits and hyphens, and not default."
  }

  validation {
    condition     = can(regex("^(on|off) ", var.login.access))
    error_message = "login.access must be a Redis access string that begins with on or off, such as on ~* &* +@all -@dangerous +info."
  }
}

variable "eviction" {
  description = "Redis's eviction policy for full memory. With `noeviction` nothing is evicted, and writes fail: what queues, locks and sessions need. A plain cache takes `allkeys-lru`."
  type        = string
  default     = "noeviction"
  nullable    = false

  validation {
    condition     = contains(["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "noeviction"], var.eviction)
    error_message = "eviction must be one of Redis's policies, such as noeviction or allkeys-lru."
  }
}

variable "snapshot_retention_limit" {
  description = "For how many days automatic snapshots are kept, 0 to 35; 0 for none."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.snapshot_retention_limit >= 0 && var.snapshot_retention_limit <= 35
    error_message = "snapshot_retention_limit must be from 0 to 35."
  }
}

variable "snapshot_window" {
  description = "The daily time of automatic snapshots, in UTC."
  type        = string
  default     = "03:00-05:00"
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.snapshot_window))
    error_message = "snapshot_window must be such as 03:00-05:00, in UTC."
  }
}

variable "skip_final_snapshot" {
  description = "Whether the cache is deleted without a final snapshot. Terraform uses the last applied value: switch it on, apply, and then destroy."
  type        = bool
  default     = false
  nullable    = false
}

variable "final_snapshot_identifier" {
  description = "The final snapshot's name; unless set the cache's own, `-final-` and eight characters that are new each time the cache is created."
  type        = string
  default     = null

  validation {
    condition     = var.final_snapshot_identifier == null || can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.final_snapshot_identifier))
    error_message = "final_snapshot_identifier must be lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "snapshot_name" {
  description = "The snapshot to create the cache from. It is read at creation and ignored afterwards."
  type        = string
  default     = null
}

variable "apply_immediately" {
  description = "Whether changes are made at once instead of in the maintenance window. Another major version needs it: until then the parameter group of the old version is in use and cannot be deleted."
  type        = bool
  default     = false
  nullable    = false
}

variable "maintenance_window" {
  description = "The maintenance window, in UTC."
  type        = string
  default     = "sun:05:00-sun:07:00"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window must be such as sun:05:00-sun:07:00."
  }
}

variable "log_retention_days" {
  description = "How long the slow log is kept."
  type        = number
  default     = 7
  nullable    = false

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

variable "alarms" {
  description = "Alarms of each node to `actions`: more than `memory` percent of its memory used, and its engine above `cpu` percent. 0 leaves one out. With `eviction` of noeviction a full memory refuses writes."
  type = object({
    actions = optional(list(string), [])
    memory  = optional(number, 80)
    cpu     = optional(number, 90)
  })
  default = null

  validation {
    condition     = var.alarms == null || try(min(var.alarms.memory, var.alarms.cpu) >= 0 && max(var.alarms.memory, var.alarms.cpu) <= 100, false)
    error_message = "alarms.memory and alarms.cpu must be from 0 to 100."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
