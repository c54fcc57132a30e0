locals {
  metrics = { for name, metric in {
    memory = { metric = "DatabaseMemoryUsagePercentage", threshold = try(var.alarms.memory, 0), what = "has little memory left" }
    cpu    = { metric = "EngineCPUUtilization", threshold = try(var.alarms.cpu, 0), what = "uses much CPU" }
  } : name => metric if metric.threshold > 0 }

  # ElastiCache numbers its nodes from 001.
  alarms = { for pair in setproduct(keys(local.metrics), range(1, 1 + var.num_cache_clusters)) : "${pair[0]}-${pair[1]}" => merge(local.metrics[pair[0]], { node = format("%s-%03d", var.name, pair[1]) }) }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-cache-${each.key}"
  alarm_description   = "The node ${each.value.node} ${each.value.what}."
  namespace           = "AWS/ElastiCache"
  metric_name         = each.value.metric
  dimensions          = { CacheClusterId = each.value.node, CacheNodeId = "0001" }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags
}
