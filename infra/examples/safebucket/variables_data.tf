variable "bucket_name" {
  description = "The bucket for files; Loki's is the same with -logs."
  type        = string
  nullable    = false
}

variable "cors_origins" {
  description = "Origins whose pages may access the bucket."
  type        = list(string)
  default     = ["http://localhost:3000"]
  nullable    = false
}

variable "s3_event_queue_name" {
  description = "The queue of the bucket's events."
  type        = string
  nullable    = false
}

variable "notification_queue_name" {
  description = "The queue of Safebucket's own events."
  type        = string
  nullable    = false
}

variable "one_queue_for_events" {
  description = "Whether Safebucket's own events use the queue of the bucket's events too, and the other queue stays empty."
  type        = bool
  default     = false
  nullable    = false
}

variable "queue_age_alarm_seconds" {
  description = "The age of a message that raises an alarm, 0 for none. Four days unless set: longer than an environment sleeps over a weekend, and well before SQS deletes it."
  type        = number
  default     = 345600
  nullable    = false
}

variable "database" {
  description = "RDS for PostgreSQL, by AWS's own names; `deletion_protection` and `skip_final_snapshot` follow `throwaway` unless set; `stop_when_idle` stops it while asleep, which makes a wake some minutes longer."
  type = object({
    instance_class              = optional(string, "db.t4g.micro")
    allocated_storage           = optional(number, 20)
    max_allocated_storage       = optional(number, 100)
    engine_version              = optional(string, "15")
    allow_major_version_upgrade = optional(bool, false)
    name                        = optional(string, "safebucket")
    username                    = optional(string, "safebucket")
    backup_retention_period     = optional(number, 7)
    backup_window               = optional(string, "03:00-04:00")
    maintenance_window          = optional(string, "sun:04:00-sun:05:00")
    deletion_protection         = optional(bool)
    skip_final_snapshot         = optional(bool)
    snapshot_identifier         = optional(string)
    stop_when_idle              = optional(bool, true)
  })
  default  = {}
  nullable = false
}

variable "database_password" {
  description = "The database's password; null lets RDS create and rotate it."
  type        = string
  default     = null
  sensitive   = true
}

variable "master_user_password_rotation_automatically_after_days" {
  description = "After how many days RDS changes the password of the master user, as which Safebucket logs in: a running Safebucket keeps the old one until its next start. 7 is RDS's default."
  type        = number
  default     = 365
  nullable    = false
}

variable "cache" {
  description = "ElastiCache, by AWS's own names: node type, number of nodes, snapshots, maintenance, how long the slow log is kept, and whether it requires a login. Choose the login before the cache is created."
  type = object({
    node_type                = optional(string, "cache.t4g.micro")
    num_cache_clusters       = optional(number, 1)
    auth_token_enabled       = optional(bool, true)
    snapshot_retention_limit = optional(number, 5)
    snapshot_window          = optional(string, "03:00-05:00")
    maintenance_window       = optional(string, "sun:05:00-sun:07:00")
    log_retention_days       = optional(number, 7)
  })
  default  = {}
  nullable = false
}

variable "cache_password" {
  description = "The password of Redis's user, 32 characters or more; null lets Secrets Manager create it."
  type        = string
  default     = null
  sensitive   = true
}

variable "data_client_cidrs" {
  description = "IPv4 blocks beside Safebucket that may connect to PostgreSQL and Redis, such as the VPC's."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "throwaway" {
  description = "For a trial environment: destroying it leaves nothing. Without it the database is protected from deletion, database and cache leave a final snapshot, and the buckets are deleted only when they are empty. It must be applied before the destroy."
  type        = bool
  default     = false
  nullable    = false
}
