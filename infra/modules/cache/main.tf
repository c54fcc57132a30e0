locals {
  username = nonsensitive(var.login.username)
  family   = var.engine.name == "redis" ? "redis7" : "valkey${split(".", var.engine.version)[0]}"
}

resource "aws_elasticache_replication_group" "this" {
  # checkov:skip=CKV_AWS_31:logins are those of a user group, which are more than one token for all
  # checkov:skip=CKV_AWS_191:encrypted with AWS's key unless the user gives one
  # checkov:skip=CKV2_AWS_50:with two nodes it fails over by itself
  replication_group_id       = var.name
  description                = "Cache ${var.name}"
  engine                     = var.engine.name
  engine_version             = var.engine.version
  node_type                  = var.node_type
  num_cache_clusters         = var.nodes
  automatic_failover_enabled = var.nodes > 1
  multi_az_enabled           = var.nodes > 1
  port                       = 6379
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  snapshot_retention_limit   = var.snapshots.days
  snapshot_window            = var.snapshots.window
  maintenance_window         = var.maintenance_window
  auto_minor_version_upgrade = true
  tags                       = var.tags

  log_delivery_configuration {
    log_type         = "slow-log"
    log_format       = "json"
    destination_type = "cloudwatch-logs"
    destination      = aws_cloudwatch_log_group.slow.name
  }
}

resource "aws_elasticache_parameter_group" "this" {
  name        = var.name
  family      = local.family
  description = "Parameters of ${var.name}"
  tags        = var.tags

  parameter {
    name  = "maxmemory-policy"
    value = var.eviction
  }
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Subnets of ${var.name}"
  subnet_ids  = var.network.subnet_ids
  tags        = var.tags
}

resource "aws_cloudwatch_log_group" "slow" {
  # checkov:skip=CKV_AWS_338:how long is the user's choice
  # checkov:skip=CKV_AWS_158:encrypted by CloudWatch Logs itself; it holds slow commands and their times
  name              = "/elasticache/${var.name}/slow"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

# A group must hold a user named default, who is let in without a name; this one may nothing.
resource "aws_elasticache_user" "default" {
  user_id       = "${var.name}-default"
  user_name     = "default"
  engine        = var.engine.name
  access_string = "off ~* -@all"
  # By authentication_mode each plan would have a change, as AWS gives the type another name
  # (hashicorp/terraform-provider-aws issue 33877).
  no_password_required = true
  tags                 = var.tags
}

resource "aws_elasticache_user" "app" {
  user_id       = "${var.name}-${local.username}"
  user_name     = local.username
  engine        = var.engine.name
  access_string = nonsensitive(var.login.access)
  tags          = var.tags

  authentication_mode {
    type      = "password"
    passwords = [var.login.password]
  }
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = var.name
  engine        = var.engine.name
  user_ids      = [aws_elasticache_user.default.user_id, aws_elasticache_user.app.user_id]
  tags          = var.tags
}

resource "aws_secretsmanager_secret" "login" {
  # checkov:skip=CKV2_AWS_57:the password is the user's to change
  # checkov:skip=CKV_AWS_149:encrypted with AWS's key unless the user gives one
  # A deleted secret keeps its name for a week, in which the environment may be made anew.
  name_prefix             = "${var.name}-cache-login-"
  description             = "Login of the cache ${var.name}"
  kms_key_id              = nonsensitive(var.login.secret_key_arn)
  recovery_window_in_days = 7
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "login" {
  secret_id     = aws_secretsmanager_secret.login.id
  secret_string = jsonencode({ username = local.username, password = var.login.password })
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:it is the cache's
  name        = "${var.name}-cache"
  description = "Cache ${var.name}"
  vpc_id      = var.network.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-cache" })
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each                     = var.clients
  description                  = each.key
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
  tags                         = var.tags
}
