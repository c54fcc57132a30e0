variable "database_user" {
  description = <<-EOT
    The app's own database user. `secret_arn` is a JSON secret with its `username` and `password`; the secret of `database` is then the master's. Before the main container starts, an init container creates the user with the master's login, or sets its password, and grants it what an app needs in the database. Only this secret is readable by the main container and the task role.
  EOT
  type = object({
    secret_arn = string
  })
  default = null

  validation {
    condition     = var.database_user == null || can(regex("^arn:aws[a-z-]*:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", var.database_user.secret_arn))
    error_message = "database_user.secret_arn must be the ARN of a secret, without a key of it."
  }
}
