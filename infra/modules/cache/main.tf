locals {
  family = var.engine == "redis" ? "redis7" : "valkey${split(".", var.engine_version)[0]}"
  final_snapshot_identifier = var.skip_final_snapshot ? null : coalesce(
    var.final_snapshot_identifier, "${var.name}-final-${substr(terraform_data.life.id, 0, 8)}",
  )
}

# The end of the final snapshot's name: a new one whenever the cache is created, because snapshot names are
# unique and the snapshot stays. A change of these values replaces the cache.
resource "terraform_data" "life" {
  triggers_replace = [var.name, var.kms_key_arn, var.network.subnet_ids]
}

resource "aws_elasticache_replication_group" "this" {
  # checkov:skip=CKV_AWS_31:logins are those of a user group unless the user says otherwise
  # checkov:skip=CKV_AWS_191:encrypted with AWS's key unless the user gives one
  # checkov:skip=CKV2_AWS_50:with two nodes it fails over by itself
  replication_group_id       = var.name
  description                = "Cache ${var.name}"
  engine                     = var.engine
  engine_version             = var.engine_version
  node_type                  = var.node_type
  num_cache_clusters         = var.num_cache_clusters
  automatic_failover_enabled = var.num_cache_clusters > 1
  multi_az_enabled           = var.num_cache_clusters > 1
  port                       = 6379
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = concat([aws_security_group.this.id], var.network.security_group_ids)
  user_group_ids             = local.users > 0 ? aws_elasticache_user_group.this[*].user_group_id : null
  auth_token                 = var.authentication == "token" ? local.password : null
  auth_token_update_strategy = var.authentication == "token" ? "ROTATE" : null
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  snapshot_name              = var.snapshot_name
  final_snapshot_identifier  = local.final_snapshot_identifier
  snapshot_retention_limit   = var.snapshot_retention_limit
  snapshot_window            = var.snapshot_window
  maintenance_window         = var.maintenance_window
  auto_minor_version_upgrade = true
  apply_immediately          = var.apply_immediately
  tags                       = var.tags

  log_delivery_configuration {
    log_type         = "slow-log"
    log_format       = "json"
    destination_type = "cloudwatch-logs"
    destination      = aws_cloudwatch_log_group.slow.name
  }

  lifecycle {
    # Only read at creation; another value would replace the cache.
    ignore_changes = [snapshot_name]
  }
}

# Another family needs another group, created before the old one, which is still in use, is deleted.
resource "aws_elasticache_parameter_group" "this" {
  name        = "${var.name}-${local.family}"
  family      = local.family
  description = "Parameters of ${var.name}"
  tags        = var.tags

  parameter {
    name  = "maxmemory-policy"
    value = var.eviction
  }

  lifecycle {
    create_before_destroy = true
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

resource "aws_vpc_security_group_ingress_rule" "blocks" {
  for_each          = var.client_cidrs
  description       = each.key
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 6379
  to_port           = 6379
  tags              = var.tags
}
