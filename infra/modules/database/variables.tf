variable "name" {
  description = "The identifier of the cluster or instance, and the beginning of other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,46}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name must be 2 to 48 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "kind" {
  description = "`aurora` (Serverless v2, which pauses by itself) or `instance` (RDS for PostgreSQL, which can be stopped). The settings of the other are ignored."
  type        = string
  default     = "aurora"
  nullable    = false

  validation {
    condition     = contains(["aurora", "instance"], var.kind)
    error_message = "kind must be aurora or instance."
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
    error_message = "A database needs subnets in at least two zones."
  }
}

variable "clients" {
  description = "Security groups that may connect, by a name of your choice, such as that of the service."
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

variable "port" {
  description = "Its port."
  type        = number
  default     = 5432
  nullable    = false

  validation {
    condition     = var.port >= 1150 && var.port <= 65535
    error_message = "port must be from 1150 to 65535."
  }
}

variable "database_name" {
  description = "The name of the database to create in it."
  type        = string
  default     = "app"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_]{0,62}$", var.database_name))
    error_message = "database_name must be 1 to 63 letters, digits and underscores, beginning with a letter."
  }
}

variable "login" {
  description = "The master user. RDS generates and rotates its password in a secret, encrypted with `secret_key_arn` if that is set; or set `password`, which then is in Terraform's state too, and in a secret of this module, and is not rotated. With a snapshot the username is the snapshot's."
  type = object({
    username       = optional(string, "app")
    password       = optional(string)
    secret_key_arn = optional(string)
  })
  default   = {}
  sensitive = true
  nullable  = false

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_]{0,62}$", var.login.username)) && !contains(["postgres", "rdsadmin", "admin"], var.login.username)
    error_message = "login.username must be 1 to 63 letters, digits and underscores, beginning with a letter, and no reserved name."
  }

  validation {
    condition     = var.login.password == null || can(regex("^[!#-.0-?A-~]{8,128}$", var.login.password))
    error_message = "login.password must be 8 to 128 printable characters without /, @, \" and space."
  }
}

variable "master_user_password_rotation_automatically_after_days" {
  description = "After how many days, 1 to 1000, RDS changes its own password of the master user. RDS's default is 7, and while this is null the plan warns of the effect: an app that logs in as the master user keeps the old password until its next start, and its new connections are refused. Set 7 if no app does. Any other number is a setting of the secret; when it is removed again, the rotation is off."
  type        = number
  default     = null

  validation {
    condition     = var.master_user_password_rotation_automatically_after_days == null || try(var.master_user_password_rotation_automatically_after_days >= 1 && var.master_user_password_rotation_automatically_after_days <= 1000 && floor(var.master_user_password_rotation_automatically_after_days) == var.master_user_password_rotation_automatically_after_days, false)
    error_message = "master_user_password_rotation_automatically_after_days must be a whole number from 1 to 1000."
  }
}

variable "kms_key_arn" {
  description = "Your key for the storage; it is always encrypted, with AWS's key otherwise."
  type        = string
  default     = null
}

variable "parameters" {
  description = "PostgreSQL's parameters, which replace those of this module: TLS is required. `static` ones take effect at the next start."
  type = map(object({
    value  = string
    static = optional(bool, false)
  }))
  default  = {}
  nullable = false
}

variable "monitoring" {
  description = "Enhanced monitoring every `seconds` (0 is none; 1, 5, 10, 15, 30 or 60), by a created role unless `role_arn` is yours; Performance Insights; and PostgreSQL's `logs` in CloudWatch, kept for `log_retention_days` and encrypted with `log_key_arn`, which CloudWatch Logs must be allowed to use. Do not read the logs of a paused Aurora from RDS: that wakes it."
  type = object({
    seconds            = optional(number, 0)
    role_arn           = optional(string)
    insights           = optional(bool, false)
    logs               = optional(bool, false)
    log_retention_days = optional(number, 30)
    log_key_arn        = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains([0, 1, 5, 10, 15, 30, 60], var.monitoring.seconds)
    error_message = "monitoring.seconds must be 0, 1, 5, 10, 15, 30 or 60."
  }

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.monitoring.log_retention_days)
    error_message = "monitoring.log_retention_days must be a number of days that CloudWatch Logs has, such as 7, 30 or 365."
  }
}

variable "role_path" {
  description = "The path of the created roles."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.role_path))
    error_message = "role_path must begin and end with /."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the created roles' permissions boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
