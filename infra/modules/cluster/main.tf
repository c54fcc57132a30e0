resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:on unless the user switches them off; they are charged by metric
  name = var.name
  tags = var.tags

  setting {
    name  = "containerInsights"
    value = var.container_insights
  }

  dynamic "configuration" {
    for_each = var.exec_logs[*]
    content {
      execute_command_configuration {
        kms_key_id = configuration.value.kms_key_arn
        logging    = "OVERRIDE"
        log_configuration {
          cloud_watch_encryption_enabled = true
          cloud_watch_log_group_name     = aws_cloudwatch_log_group.exec[0].name
        }
      }
    }
  }
}

# Services choose between the two.
resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}

resource "aws_cloudwatch_log_group" "exec" {
  # checkov:skip=CKV_AWS_338:how long is the user's choice
  count             = var.exec_logs == null ? 0 : 1
  name              = "/ecs/${var.name}/exec"
  retention_in_days = var.exec_logs.retention_days
  kms_key_id        = var.exec_logs.kms_key_arn
  tags              = var.tags
}

resource "aws_service_discovery_private_dns_namespace" "this" {
  count       = var.namespace == null ? 0 : 1
  name        = var.namespace.name
  description = "Services of the cluster ${var.name}"
  vpc         = var.namespace.vpc_id
  tags        = var.tags
}
