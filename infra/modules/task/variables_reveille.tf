variable "entrypoint" {
  description = <<-EOT
    Reveille's entrypoint in front of the command. `from` is `init` (an init container of `image` copies it to a volume, for unchanged images), `image` (it is in the main image, at `path`), or `none`.
    `export`: variables to set and the form of the connection string in them (`conninfo`, `url`, `jdbc`, `ado`, `pgpass`). `wait`: what to wait for, the database unless set. `timeout_seconds`: 1 to 86400. `variables`: any other of the entrypoint's own.
  EOT
  type = object({
    from            = optional(string, "none")
    image           = optional(string)
    path            = optional(string, "/usr/local/bin/entrypoint")
    export          = optional(map(string), {})
    wait            = optional(list(string), [])
    timeout_seconds = optional(number)
    variables       = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["none", "init", "image"], var.entrypoint.from)
    error_message = "entrypoint.from must be none, init or image."
  }

  validation {
    condition     = (var.entrypoint.from == "init") == (var.entrypoint.image != null)
    error_message = "entrypoint.image goes with from = init, and with nothing else."
  }

  validation {
    condition     = alltrue([for form in var.entrypoint.export : contains(["conninfo", "url", "jdbc", "ado", "pgpass"], form)])
    error_message = "entrypoint.export takes the forms conninfo, url, jdbc, ado and pgpass."
  }

  validation {
    condition     = var.entrypoint.from != "none" || length(var.entrypoint.export) + length(var.entrypoint.wait) == 0
    error_message = "Without an entrypoint nothing is exported and nothing is waited for."
  }

  validation {
    condition     = var.entrypoint.timeout_seconds == null || try(var.entrypoint.timeout_seconds >= 1 && var.entrypoint.timeout_seconds <= 86400, false)
    error_message = "entrypoint.timeout_seconds must be from 1 to 86400."
  }

  validation {
    condition     = alltrue([for target in var.entrypoint.wait : target == "database" || target == "none" || can(regex("^(tcp|https?)://", target))])
    error_message = "entrypoint.wait must hold database, none, or addresses with tcp://, http:// or https://."
  }
}

variable "database" {
  description = <<-EOT
    The PostgreSQL database: becomes `DB_HOST`, `DB_PORT`, `DB_NAME` and `DB_SSLMODE`. `secret_arn` is a JSON secret with username and password, such as RDS's own: behind the entrypoint it becomes `DB_SECRET`, read by the task role at each start and once more when a login is refused; without it `DB_USER` and `DB_PASSWORD`, read by ECS.
    With `from_secret` the secret also has host, port and dbname, like Secrets Manager's secrets for databases, and `host` and `name` are left out.
  EOT
  type = object({
    host        = optional(string)
    port        = optional(number, 5432)
    name        = optional(string)
    secret_arn  = string
    from_secret = optional(bool, false)
    sslmode     = optional(string, "require")
  })
  default = null

  validation {
    condition     = var.database == null || try(var.database.from_secret ? var.database.host == null && var.database.name == null : var.database.host != null && var.database.name != null, false)
    error_message = "database needs host and name, or from_secret = true in place of both."
  }

  validation {
    condition     = var.database == null || contains(["disable", "prefer", "require", "verify-ca", "verify-full"], try(var.database.sslmode, ""))
    error_message = "database.sslmode must be disable, prefer, require, verify-ca or verify-full."
  }
}

variable "buckets" {
  description = "S3 buckets that the task role may use, by name: below `prefix` only, to `read`, or to `write` as well; `kms_key_arn` if the bucket has your own key."
  type = map(object({
    arn         = string
    prefix      = optional(string, "")
    access      = optional(string, "write")
    kms_key_arn = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for bucket in var.buckets : contains(["read", "write"], bucket.access)])
    error_message = "A bucket's access must be read or write."
  }

  validation {
    condition     = alltrue([for bucket in var.buckets : !startswith(bucket.prefix, "/") && !strcontains(bucket.prefix, "*")])
    error_message = "A bucket's prefix must be a plain one, such as data/."
  }
}

variable "policies" {
  description = "More policies of the task role, in JSON, by name."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "task_role" {
  description = "Your role (its `name` and `arn`) instead of a created one; it gets the same policies unless `attach` is false."
  type = object({
    name   = string
    arn    = string
    attach = optional(bool, true)
  })
  default = null
}

variable "role_path" {
  description = "The path of the created roles."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must begin and end with /."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the created roles' permissions boundary, if your account requires one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy."
  }
}

variable "execution_role" {
  description = "The same for the role by which ECS pulls images, writes logs and reads secrets."
  type = object({
    name   = string
    arn    = string
    attach = optional(bool, true)
  })
  default = null
}
