# For a password of the user; contains everything that the entrypoint reads from a secret.
resource "aws_secretsmanager_secret" "login" {
  # checkov:skip=CKV2_AWS_57:a password of the user's own is the user's to change; without one RDS makes and rotates it
  # checkov:skip=CKV_AWS_149:encrypted with AWS's key unless the user gives one
  count = local.managed ? 0 : 1
  # A deleted secret keeps its name for a week, in which the environment may be created again.
  name_prefix             = "${var.name}-login-"
  description             = "Login of the database ${var.name}"
  kms_key_id              = nonsensitive(var.login.secret_key_arn)
  recovery_window_in_days = 7
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "login" {
  count     = local.managed ? 0 : 1
  secret_id = aws_secretsmanager_secret.login[0].id
  secret_string = jsonencode({
    engine   = "postgres"
    host     = local.host
    port     = var.port
    dbname   = var.database_name
    username = local.username
    password = var.login.password
  })
}

# RDS rotates its own secret every 7 days. Secrets Manager accepts another number for it without a function:
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_managed.html
resource "aws_secretsmanager_secret_rotation" "managed" {
  # checkov:skip=CKV_AWS_304:how often is the user's choice; an app that runs keeps the old password until its next start
  count              = local.managed && !contains([0, 7], coalesce(var.master_user_password_rotation_automatically_after_days, 0)) ? 1 : 0
  secret_id          = local.secret_arn
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = var.master_user_password_rotation_automatically_after_days
  }
}

check "rotation" {
  assert {
    condition     = !local.managed || var.master_user_password_rotation_automatically_after_days != null
    error_message = "RDS changes the password of the master user every 7 days. An app that logs in as this user keeps the old password until its next start: its new connections are refused. Let the app have a user of its own, or set master_user_password_rotation_automatically_after_days: 7 to leave it so, up to 1000 for a longer time."
  }
}
