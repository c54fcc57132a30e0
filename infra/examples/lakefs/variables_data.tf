variable "aurora" {
  description = "Aurora's capacity in ACUs: with a `min_capacity` of 0 it pauses, with 1 or more there is no cold start; `business_hours`: a higher minimum on these `days` (mon to fri unless set) `from` one time `to` a later one, in UTC."
  type = object({
    min_capacity = optional(number, 0)
    max_capacity = optional(number, 4)
    business_hours = optional(object({
      days         = optional(list(string), ["mon", "tue", "wed", "thu", "fri"])
      from         = string
      to           = string
      min_capacity = optional(number, 1)
    }))
  })
  default  = {}
  nullable = false
}

variable "engine_version" {
  description = "Aurora PostgreSQL's version, such as 16; AWS keeps the minor version."
  type        = string
  default     = "16"
  nullable    = false
}

variable "allow_major_version_upgrade" {
  description = "Whether another major version in `engine_version` may be applied, at once; see the module `database`."
  type        = bool
  default     = false
  nullable    = false
}

variable "snapshot_identifier" {
  description = "The snapshot to create the database from, such as the final one of an earlier environment."
  type        = string
  default     = null
}

variable "dsn_secret_arn" {
  description = "A secret with the whole connection string, instead of the one that the entrypoint builds: its ARN, followed by `:key::` if it is JSON. For lakeFS's own user in this database."
  type        = string
  default     = null

  validation {
    condition     = var.dsn_secret_arn == null || can(regex("^arn:aws[a-z-]*:secretsmanager:", var.dsn_secret_arn))
    error_message = "dsn_secret_arn must be the ARN of a secret."
  }
}

variable "throwaway" {
  description = "For a trial environment: destroying it leaves nothing. Without it the database is protected from deletion and leaves a final snapshot, and the bucket is deleted only when it is empty. It must be applied before the destroy."
  type        = bool
  default     = false
  nullable    = false
}

variable "master_user_password_rotation_automatically_after_days" {
  description = "After how many days RDS changes the password of the master user, as which the app logs in here: a running app keeps the old one until its next start. 7 is RDS's default."
  type        = number
  default     = 365
  nullable    = false
}
