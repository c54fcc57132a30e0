# The app's own database user: an init container creates it with the master's login. ECS gives that login to
# this container alone, read by the execution role: neither the main container nor the task role, which all
# containers have, can read it.
locals {
  # The app's login.
  app_secret_arn = try(var.database_user.secret_arn, var.database.secret_arn, null)

  database_user_secrets = var.database_user == null || var.database == null ? {} : {
    DB_USER     = "${var.database.secret_arn}:username::"
    DB_PASSWORD = "${var.database.secret_arn}:password::"
  }

  # The entrypoint's variables in the main container, except for those that concern that container alone: what
  # it exports and waits for, and, if this one has another image, files of the main image.
  database_user_variables = merge(
    { for name, value in local.database_variables : name => value if name != "DB_SECRET" },
    { for name, value in local.entrypoint_variables : name => value
      if !contains(["ENTRYPOINT_EXPORT", "ENTRYPOINT_SCRUB", "ENTRYPOINT_WAIT"], name) && (var.entrypoint.from == "image" || startswith(name, "ENTRYPOINT_"))
    },
    var.database_user == null ? {} : {
      DB_APP_USER     = "secretsmanager:${var.database_user.secret_arn}:username::"
      DB_APP_PASSWORD = "secretsmanager:${var.database_user.secret_arn}:password::"
    },
  )

  database_user_containers = [for database_user in var.database_user[*] : {
    name                   = "database-user"
    image                  = var.entrypoint.from == "init" ? var.entrypoint.image : var.image
    essential              = false
    entryPoint             = var.entrypoint.from == "init" ? null : [var.entrypoint.path]
    command                = ["create-user"]
    user                   = var.entrypoint.from == "init" ? null : var.user
    readonlyRootFilesystem = true
    environment            = [for name, value in local.database_user_variables : { name = name, value = value }]
    secrets                = [for name, arn in local.database_user_secrets : { name = name, valueFrom = arn }]
    logConfiguration       = local.log
  }]
}
