variable "throwaway" {
  description = "For a trial environment: destroying it leaves nothing. Without it the database is protected from deletion and leaves a final snapshot, and buckets and repositories are deleted only when they are empty. It must be applied before the destroy."
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

variable "db_connections_alarm" {
  description = "The threshold of an alarm on the instance's connections; 0 for none. A db.t4g.micro takes about 80 to 110."
  type        = number
  default     = 70
  nullable    = false
}

variable "read_replicas" {
  description = "The number of read replicas, at the addresses of the output `read_replica_hosts`. RDS creates none of an instance whose password it manages, so they need `db_password`; and it stops no instance that has one, so they need `stop_database = false`."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.read_replicas >= 0 && var.read_replicas <= 15
    error_message = "read_replicas must be from 0 to 15."
  }
}
