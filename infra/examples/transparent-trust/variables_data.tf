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

variable "app_user_secret_arn" {
  description = "A secret with the `username` and `password` of the app's own database user, which is created before the app starts. Without one the app logs in as the master user, whose password rotates. Not with `database_secret_arn`."
  type        = string
  default     = null

  validation {
    condition     = var.app_user_secret_arn == null || can(regex("^arn:aws[a-z-]*:secretsmanager:.*-[A-Za-z0-9]{6}$", var.app_user_secret_arn))
    error_message = "app_user_secret_arn must be the whole ARN of a secret, with the six characters at its end."
  }
}
