locals {
  service_dimensions = { ClusterName = local.cluster_name, ServiceName = var.name }

  alarms = var.alarms == null ? {} : { for name, alarm in {
    cpu = {
      description = "uses much CPU", namespace = "AWS/ECS", metric = "CPUUtilization", statistic = "Average"
      threshold   = var.alarms.cpu, dimensions = local.service_dimensions
    }
    memory = {
      description = "uses much memory", namespace = "AWS/ECS", metric = "MemoryUtilization", statistic = "Average"
      threshold   = var.alarms.memory, dimensions = local.service_dimensions
    }
    errors = {
      description = "answers 5xx", namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", statistic = "Sum"
      threshold   = local.behind ? var.alarms.errors : 0
      dimensions  = local.behind ? { LoadBalancer = var.load_balancer.arn_suffix, TargetGroup = local.target_group.arn_suffix } : {}
    }
  } : name => alarm if alarm.threshold > 0 }
}

resource "aws_cloudwatch_metric_alarm" "service" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "The service ${var.name} ${each.value.description}."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = each.key == "errors" ? 1 : 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  # Asleep there is no data.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarms.actions
  ok_actions         = var.alarms.actions
  tags               = var.tags

  lifecycle {
    precondition {
      condition     = each.key != "errors" || try(var.load_balancer.arn_suffix, null) != null
      error_message = "The alarm on errors needs load_balancer.arn_suffix."
    }
  }
}

# Zero desired tasks raise no alarm, because that means asleep; fewer running tasks than desired do.
resource "aws_cloudwatch_metric_alarm" "missing" {
  count               = try(var.alarms.missing_minutes, 0) == 0 ? 0 : 1
  alarm_name          = "${var.name}-missing-tasks"
  alarm_description   = "The service ${var.name} runs fewer tasks than it should."
  evaluation_periods  = var.alarms.missing_minutes
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags

  metric_query {
    id          = "missing"
    label       = "Missing tasks"
    expression  = "desired - running"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { desired = "DesiredTaskCount", running = "RunningTaskCount" }
    content {
      id = metric_query.key
      metric {
        namespace   = "ECS/ContainerInsights"
        metric_name = metric_query.value
        dimensions  = local.service_dimensions
        stat        = "Average"
        period      = 60
      }
    }
  }
}
