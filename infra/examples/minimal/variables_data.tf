variable "throwaway" {
  description = "For a trial environment: destroying it leaves nothing. Without it the database is protected from deletion and leaves a final snapshot. It must be applied before the destroy."
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
