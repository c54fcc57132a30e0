resource "aws_rds_cluster" "this" {
  # checkov:skip=CKV_AWS_139:protected from deletion unless the user says otherwise
  # checkov:skip=CKV_AWS_133:backups are kept for backup_retention_period, a week unless set
  # checkov:skip=CKV_AWS_162:logins by IAM are not what the entrypoint uses
  # checkov:skip=CKV_AWS_324:PostgreSQL's log goes to CloudWatch when monitoring.logs asks for it; to read it there wakes nothing, in RDS it does
  # checkov:skip=CKV_AWS_327:encrypted with AWS's key unless the user gives one
  # checkov:skip=CKV2_AWS_8:automatic backups for backup_retention_period; AWS Backup is the account's affair
  # checkov:skip=CKV2_AWS_27:statements are logged where the user's parameters say so
  count                           = local.aurora ? 1 : 0
  cluster_identifier              = var.name
  engine                          = "aurora-postgresql"
  engine_mode                     = "provisioned" # Serverless v2, in spite of the word
  engine_version                  = local.version
  allow_major_version_upgrade     = var.allow_major_version_upgrade
  snapshot_identifier             = var.snapshot_identifier
  database_name                   = var.database_name
  port                            = var.port
  master_username                 = local.username
  master_password                 = var.login.password
  manage_master_user_password     = local.managed ? true : null
  master_user_secret_kms_key_id   = local.managed ? nonsensitive(var.login.secret_key_arn) : null
  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = local.security_group_ids
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this[0].name
  storage_encrypted               = true
  kms_key_id                      = var.kms_key_arn
  enable_http_endpoint            = var.aurora.enable_http_endpoint
  backup_retention_period         = var.backup_retention_period
  preferred_backup_window         = var.backup_window
  preferred_maintenance_window    = var.maintenance_window
  apply_immediately               = var.apply_immediately
  deletion_protection             = var.deletion_protection
  skip_final_snapshot             = var.skip_final_snapshot
  final_snapshot_identifier       = local.final_snapshot_identifier
  copy_tags_to_snapshot           = true
  enabled_cloudwatch_logs_exports = [for log in local.log_types : log]
  tags                            = var.tags

  serverlessv2_scaling_configuration {
    min_capacity             = local.min_capacity
    max_capacity             = var.aurora.max_capacity
    seconds_until_auto_pause = local.seconds_until_auto_pause
  }

  lifecycle {
    precondition {
      condition     = var.aurora.min_capacity > 0 || local.can_pause
      error_message = "Aurora PostgreSQL pauses from 16.3, 15.7, 14.12 and 13.15 on."
    }
    precondition {
      condition     = var.backup_retention_period >= 1
      error_message = "Aurora always keeps backups, for at least a day: backup_retention_period must be at least 1."
    }
    # Only read at creation; another value would replace the cluster.
    ignore_changes = [snapshot_identifier]
  }

  depends_on = [aws_cloudwatch_log_group.this, terraform_data.version]
}

resource "aws_rds_cluster_instance" "this" {
  # checkov:skip=CKV_AWS_118:enhanced monitoring when monitoring.seconds asks for it; it costs money
  # checkov:skip=CKV_AWS_353:Performance Insights when monitoring.insights asks for it
  # checkov:skip=CKV_AWS_226:minor versions come by themselves unless the user says otherwise
  # checkov:skip=CKV_AWS_354:encrypted with AWS's key unless the user gives one
  for_each                        = local.aurora ? { for index in range(1 + var.aurora.readers) : tostring(index + 1) => index } : {}
  identifier                      = "${var.name}-${each.key}"
  cluster_identifier              = aws_rds_cluster.this[0].id
  engine                          = "aurora-postgresql"
  instance_class                  = "db.serverless"
  publicly_accessible             = false
  promotion_tier                  = min(1, each.value) # 0 and 1 follow the writer's capacity, so that it may pause
  auto_minor_version_upgrade      = local.auto_minor_version_upgrade
  apply_immediately               = var.apply_immediately
  monitoring_interval             = var.monitoring.seconds
  monitoring_role_arn             = local.monitoring_role_arn
  performance_insights_enabled    = var.monitoring.insights
  performance_insights_kms_key_id = var.monitoring.insights ? var.kms_key_arn : null
  tags                            = var.tags
}

resource "aws_rds_cluster_parameter_group" "this" {
  count       = local.aurora ? 1 : 0
  name        = "${var.name}-aurora-postgresql${local.major}"
  family      = "aurora-postgresql${local.major}"
  description = "Parameters of ${var.name}"
  tags        = var.tags

  dynamic "parameter" {
    for_each = local.parameters
    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.static ? "pending-reboot" : "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
