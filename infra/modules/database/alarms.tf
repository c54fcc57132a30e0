locals {
  dimensions = local.aurora ? { DBClusterIdentifier = var.name } : { DBInstanceIdentifier = var.name }

  alarms = var.alarms == null ? {} : { for name, alarm in {
    cpu         = { metric = "CPUUtilization", threshold = var.alarms.cpu, comparison = "GreaterThanThreshold", what = "uses much CPU" }
    storage     = { metric = "FreeStorageSpace", threshold = local.aurora ? 0 : var.alarms.storage_gib * 1024 * 1024 * 1024, comparison = "LessThanThreshold", what = "has little storage left" }
    connections = { metric = "DatabaseConnections", threshold = var.alarms.connections, comparison = "GreaterThanThreshold", what = "has many connections" }
    capacity    = { metric = "ACUUtilization", threshold = local.aurora ? var.alarms.acu_percent : 0, comparison = "GreaterThanThreshold", what = "is near its greatest capacity" }
  } : name => alarm if alarm.threshold > 0 }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-database-${each.key}"
  alarm_description   = "The database ${var.name} ${each.value.what}."
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = local.dimensions
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags
}
