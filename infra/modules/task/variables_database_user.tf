variable "database_user" {
  description = <<-EOT
    A database user of the app's own. `secret_arn` is a JSON secret with the `username` and `password` that it is to have; the secret of `database` is then the master's. Before the main container starts, an init container creates the user with the master's login, or gives it a new password, and grants it what an app needs in the database. The main container, and the task role, get this secret only.
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
