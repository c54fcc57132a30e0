locals {
  scales = var.autoscaling != null

  # Target tracking: on AWS's predefined metrics, and on custom ones.
  ready_targets = !local.scales ? {} : {
    for metric, target in {
      ECSServiceAverageCPUUtilization    = var.autoscaling.cpu
      ECSServiceAverageMemoryUtilization = var.autoscaling.memory
      ALBRequestCountPerTarget           = var.autoscaling.requests
    } : metric => target if target != null && var.autoscaling.by == "target"
  }
  custom_targets = local.scales ? var.autoscaling.custom : {}

  # Step scaling: an alarm in each direction. If one metric asks for more tasks and another for fewer, ECS
  # takes the higher number.
  steps = !local.scales ? {} : merge([
    for metric, percent in { CPUUtilization = var.autoscaling.cpu, MemoryUtilization = var.autoscaling.memory } : {
      "${metric}-out"                       = { metric = metric, percent = percent, periods = var.autoscaling.out_periods, comparison = "GreaterThanThreshold", change = 1, cooldown = var.autoscaling.scale_out_cooldown }
      "${metric}-in"                        = { metric = metric, percent = percent, periods = var.autoscaling.in_periods, comparison = "LessThanThreshold", change = -1, cooldown = var.autoscaling.scale_in_cooldown }
    } if percent != null && var.autoscaling.by == "step"
  ]...)
}

resource "aws_appautoscaling_target" "this" {
  count              = local.scales ? 1 : 0
  service_namespace  = "ecs"
  resource_id        = "service/${local.cluster_name}/${local.service.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.autoscaling.min_capacity
  max_capacity       = var.autoscaling.max_capacity
  tags               = var.tags
}

resource "aws_appautoscaling_policy" "target" {
  for_each           = local.ready_targets
  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  resource_id        = aws_appautoscaling_target.this[0].resource_id
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = each.value
    scale_out_cooldown = var.autoscaling.scale_out_cooldown
    scale_in_cooldown  = var.autoscaling.scale_in_cooldown

    predefined_metric_specification {
      predefined_metric_type = each.key
      resource_label         = each.key == "ALBRequestCountPerTarget" ? "${var.load_balancer.arn_suffix}/${local.target_group.arn_suffix}" : null
    }
  }

  lifecycle {
    precondition {
      condition     = each.key != "ALBRequestCountPerTarget" || try(var.load_balancer.arn_suffix, null) != null
      error_message = "Scaling by requests needs load_balancer.arn_suffix."
    }
  }
}

resource "aws_appautoscaling_policy" "custom" {
  for_each           = local.custom_targets
  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  resource_id        = aws_appautoscaling_target.this[0].resource_id
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.target_value
    scale_out_cooldown = var.autoscaling.scale_out_cooldown
    scale_in_cooldown  = var.autoscaling.scale_in_cooldown

    customized_metric_specification {
      namespace   = each.value.namespace
      metric_name = each.value.metric_name
      statistic   = each.value.statistic

      dynamic "dimensions" {
        for_each = each.value.dimensions
        content {
          name  = dimensions.key
          value = dimensions.value
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "step" {
  for_each           = local.steps
  name               = "${var.name}-${each.key}"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  resource_id        = aws_appautoscaling_target.this[0].resource_id
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    cooldown                = each.value.cooldown
    metric_aggregation_type = "Average"

    step_adjustment {
      scaling_adjustment          = each.value.change
      metric_interval_lower_bound = each.value.change > 0 ? 0 : null
      metric_interval_upper_bound = each.value.change > 0 ? null : 0
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "step" {
  for_each            = local.steps
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "Scales ${var.name}."
  namespace           = "AWS/ECS"
  metric_name         = each.value.metric
  dimensions          = { ClusterName = local.cluster_name, ServiceName = var.name }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.comparison
  threshold           = each.value.percent
  # Asleep there is no data, which must not change the alarm's state.
  treat_missing_data = "missing"
  alarm_actions      = [aws_appautoscaling_policy.step[each.key].arn]
  tags               = var.tags
}

# To 0 without requests: see the README.
resource "aws_appautoscaling_policy" "idle" {
  count              = try(var.autoscaling.idle_minutes, null) == null ? 0 : 1
  name               = "${var.name}-idle"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  resource_id        = aws_appautoscaling_target.this[0].resource_id
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension

  step_scaling_policy_configuration {
    adjustment_type = "ExactCapacity"
    cooldown        = var.autoscaling.scale_in_cooldown

    step_adjustment {
      scaling_adjustment          = 0
      metric_interval_upper_bound = 0
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "idle" {
  count               = try(var.autoscaling.idle_minutes, null) == null ? 0 : 1
  alarm_name          = "${var.name}-idle"
  alarm_description   = "Nobody uses ${var.name}."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "RequestCount"
  dimensions          = { LoadBalancer = var.load_balancer.arn_suffix, TargetGroup = local.target_group.arn_suffix }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = var.autoscaling.idle_minutes
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  # Without traffic there is no data.
  treat_missing_data = "breaching"
  alarm_actions      = [aws_appautoscaling_policy.idle[0].arn]
  tags               = var.tags

  lifecycle {
    precondition {
      condition     = try(var.load_balancer.arn_suffix, null) != null
      error_message = "The idle alarm needs load_balancer.arn_suffix."
    }
  }
}
