resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_118:enhanced monitoring when monitoring.seconds asks for it; it costs money
  # checkov:skip=CKV_AWS_133:backups are kept for backup_retention_period, a week unless set
  # checkov:skip=CKV_AWS_129:PostgreSQL's log goes to CloudWatch when monitoring.logs asks for it
  # checkov:skip=CKV_AWS_157:a standby costs as much again; an environment that sleeps hardly needs one
  # checkov:skip=CKV_AWS_161:logins by IAM are not what the entrypoint uses
  # checkov:skip=CKV_AWS_293:protected from deletion unless the user says otherwise
  # checkov:skip=CKV_AWS_353:Performance Insights when monitoring.insights asks for it
  # checkov:skip=CKV_AWS_226:minor versions come by themselves unless the user says otherwise
  # checkov:skip=CKV_AWS_354:encrypted with AWS's key unless the user gives one
  # checkov:skip=CKV2_AWS_30:statements are logged where the user's parameters say so
  # checkov:skip=CKV2_AWS_60:tags are copied
  # checkov:skip=CKV2_AWS_69:the parameter group requires TLS
  count                           = local.aurora ? 0 : 1
  identifier                      = var.name
  engine                          = "postgres"
  engine_version                  = local.version
  allow_major_version_upgrade     = var.allow_major_version_upgrade
  snapshot_identifier             = var.snapshot_identifier
  instance_class                  = var.instance.instance_class
  storage_type                    = "gp3"
  allocated_storage               = var.instance.allocated_storage
  max_allocated_storage           = var.instance.max_allocated_storage
  storage_encrypted               = true
  kms_key_id                      = var.kms_key_arn
  multi_az                        = var.instance.multi_az
  db_name                         = var.database_name
  port                            = var.port
  username                        = local.username
  password                        = var.login.password
  manage_master_user_password     = local.managed ? true : null
  master_user_secret_kms_key_id   = local.managed ? nonsensitive(var.login.secret_key_arn) : null
  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = local.security_group_ids
  parameter_group_name            = aws_db_parameter_group.this[0].name
  publicly_accessible             = false
  backup_retention_period         = var.backup_retention_period
  backup_window                   = var.backup_window
  maintenance_window              = var.maintenance_window
  auto_minor_version_upgrade      = local.auto_minor_version_upgrade
  apply_immediately               = var.apply_immediately
  deletion_protection             = var.deletion_protection
  skip_final_snapshot             = var.skip_final_snapshot
  final_snapshot_identifier       = local.final_snapshot_identifier
  copy_tags_to_snapshot           = true
  monitoring_interval             = var.monitoring.seconds
  monitoring_role_arn             = local.monitoring_role_arn
  performance_insights_enabled    = var.monitoring.insights
  performance_insights_kms_key_id = var.monitoring.insights ? var.kms_key_arn : null
  enabled_cloudwatch_logs_exports = [for log in local.log_types : log]
  tags                            = var.tags

  lifecycle {
    # Only read at creation; another value would replace the instance.
    ignore_changes = [snapshot_identifier]
  }

  depends_on = [aws_cloudwatch_log_group.this, terraform_data.version]
}

resource "aws_db_parameter_group" "this" {
  count       = local.aurora ? 0 : 1
  name        = "${var.name}-postgres${local.major}"
  family      = "postgres${local.major}"
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
