# Read replicas. Storage, encryption in the region and the login are the source's; Aurora has readers instead.
resource "aws_db_instance" "replica" {
  # checkov:skip=CKV_AWS_118:as the source
  # checkov:skip=CKV_AWS_129:as the source
  # checkov:skip=CKV_AWS_133:the source is backed up
  # checkov:skip=CKV_AWS_157:a replica is one in another zone
  # checkov:skip=CKV_AWS_161:as the source
  # checkov:skip=CKV_AWS_226:as the source
  # checkov:skip=CKV_AWS_293:it holds nothing that the source does not
  # checkov:skip=CKV_AWS_353:as the source
  # checkov:skip=CKV_AWS_354:as the source
  # checkov:skip=CKV2_AWS_30:as the source
  # checkov:skip=CKV2_AWS_60:tags are copied
  # checkov:skip=CKV2_AWS_69:the parameter group requires TLS
  count                           = local.aurora ? 0 : var.instance.read_replicas
  identifier                      = "${var.name}-replica-${count.index + 1}"
  replicate_source_db             = aws_db_instance.this[0].identifier
  instance_class                  = var.instance.instance_class
  storage_type                    = "gp3"
  max_allocated_storage           = var.instance.max_allocated_storage
  storage_encrypted               = true
  port                            = var.port
  vpc_security_group_ids          = local.security_group_ids
  parameter_group_name            = aws_db_parameter_group.this[0].name
  publicly_accessible             = false
  backup_retention_period         = 0
  maintenance_window              = var.maintenance_window
  auto_minor_version_upgrade      = local.auto_minor_version_upgrade
  apply_immediately               = var.apply_immediately
  skip_final_snapshot             = true
  copy_tags_to_snapshot           = true
  monitoring_interval             = var.monitoring.seconds
  monitoring_role_arn             = local.monitoring_role_arn
  performance_insights_enabled    = var.monitoring.insights
  performance_insights_kms_key_id = var.monitoring.insights ? var.kms_key_arn : null
  tags                            = var.tags

  lifecycle {
    precondition {
      condition     = !local.managed
      error_message = "instance.read_replicas need login.password: RDS makes no replica of an instance whose password it manages."
    }
    precondition {
      condition     = var.backup_retention_period > 0
      error_message = "instance.read_replicas need a backup_retention_period above 0: a replica is made from a backup."
    }
  }
}
