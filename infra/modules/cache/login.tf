# Who may log in: a user of a group, everyone with the token, or everyone.
locals {
  users     = var.authentication == "user" ? 1 : 0
  generated = nonsensitive(var.login.password == null) && var.authentication != "none"
  # A token is the password of the user that Redis calls default.
  username = var.authentication == "user" ? nonsensitive(var.login.username) : "default"
  # ElastiCache takes 40 characters.
  user_ids = { for user, id in { default = "${var.name}-default", app = "${var.name}-${local.username}" } : user => length(id) <= 40 ? id : "${trimsuffix(substr(id, 0, 32), "-")}-${substr(sha256(id), 0, 7)}" }
  password = local.generated ? sensitive(terraform_data.password[0].output) : var.login.password
}

# Secrets Manager generates another one at each plan: the first one is kept.
data "aws_secretsmanager_random_password" "this" {
  count               = local.generated ? 1 : 0
  password_length     = 64
  exclude_punctuation = true
}

resource "terraform_data" "password" {
  count = local.generated ? 1 : 0
  input = sensitive(data.aws_secretsmanager_random_password.this[0].random_password)

  lifecycle {
    ignore_changes = [input]
  }
}

# The characters that ElastiCache accepts in a token.
resource "terraform_data" "token" {
  count = var.authentication == "token" ? 1 : 0

  lifecycle {
    precondition {
      condition     = local.generated || can(regex("^[A-Za-z0-9!&#$^<>-]{32,128}$", var.login.password))
      error_message = "login.password of a token must be letters, digits and of the other characters only ! & # $ ^ < > and -."
    }
  }
}

# A group must contain a user named default, as which clients without a username log in; this one has no
# permissions.
resource "aws_elasticache_user" "default" {
  count         = local.users
  user_id       = local.user_ids["default"]
  user_name     = "default"
  engine        = var.engine
  access_string = "off ~* -@all"
  # With authentication_mode each plan would show a change, because AWS returns another name of the type
  # (hashicorp/terraform-provider-aws issue 33877).
  no_password_required = true
  tags                 = var.tags
}

resource "aws_elasticache_user" "app" {
  count         = local.users
  user_id       = local.user_ids["app"]
  user_name     = local.username
  engine        = var.engine
  access_string = nonsensitive(var.login.access)
  tags          = var.tags

  authentication_mode {
    type      = "password"
    passwords = [local.password]
  }
}

resource "aws_elasticache_user_group" "this" {
  count         = local.users
  user_group_id = var.name
  engine        = var.engine
  user_ids      = [aws_elasticache_user.default[0].user_id, aws_elasticache_user.app[0].user_id]
  tags          = var.tags
}

resource "aws_secretsmanager_secret" "login" {
  # checkov:skip=CKV2_AWS_57:the password is the user's to change
  # checkov:skip=CKV_AWS_149:encrypted with AWS's key unless the user gives one
  count = var.authentication == "none" ? 0 : 1
  # A deleted secret keeps its name for a week, in which the environment may be created again.
  name_prefix             = "${var.name}-cache-login-"
  description             = "Login of the cache ${var.name}"
  kms_key_id              = nonsensitive(var.login.secret_key_arn)
  recovery_window_in_days = 7
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "login" {
  count         = var.authentication == "none" ? 0 : 1
  secret_id     = aws_secretsmanager_secret.login[0].id
  secret_string = jsonencode({ username = local.username, password = local.password })
}
