variable "throwaway" {
  description = "For an environment to try: destroying it leaves nothing. Without it the database is protected from deletion and leaves a last snapshot, and buckets and repositories are deleted only when they are empty. It must be applied before the destroy."
  type        = bool
  default     = false
  nullable    = false
}

variable "master_user_password_rotation_automatically_after_days" {
  description = "After how many days RDS changes the password of the master user, as which the app logs in here: a running app keeps the old one until its next start. 7 is RDS's own number."
  type        = number
  default     = 365
  nullable    = false
}

variable "db_connections_alarm" {
  description = "More connections to the instance than this are an alarm; 0 for none. A db.t4g.micro takes about 80 to 110."
  type        = number
  default     = 70
  nullable    = false
}

variable "read_replicas" {
  description = "Instances that only read, at the addresses of the output `read_replica_hosts`. RDS makes none of an instance whose password it manages, so that they need `db_password`, and stops no instance that has one, so that they need `stop_database = false`."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.read_replicas >= 0 && var.read_replicas <= 15
    error_message = "read_replicas must be from 0 to 15."
  }
}
