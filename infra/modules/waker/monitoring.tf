# The four signs of a failed wake.
locals {
  metrics_namespace = "Reveille"

  alarms = {
    # The waker logs ERROR if a person must act, for example on an image that cannot be pulled.
    failures = {
      description = "has logged an error: a wake or a sleep failed"
      namespace   = local.metrics_namespace
      metric      = "${var.name}-errors"
      statistic   = "Sum"
      threshold   = 0
      dimensions  = {}
    }
    # A visitor gets a 502 from these two.
    crashes = {
      description = "has failed or timed out"
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      statistic   = "Sum"
      threshold   = 0
      dimensions  = { FunctionName = var.name }
    }
    throttles = {
      description = "was not invoked for want of concurrency"
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      statistic   = "Sum"
      threshold   = 0
      dimensions  = { FunctionName = var.name }
    }
    slow = {
      description = "has come near its time-out"
      namespace   = "AWS/Lambda"
      metric      = "Duration"
      statistic   = "Maximum"
      threshold   = 950 * local.timeout_seconds
      dimensions  = { FunctionName = var.name }
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  count          = var.alarms == null ? 0 : 1
  name           = "${var.name}-errors"
  log_group_name = aws_cloudwatch_log_group.waker.name
  pattern        = "{ $.level = \"ERROR\" }"

  metric_transformation {
    namespace     = local.metrics_namespace
    name          = "${var.name}-errors"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "failed" {
  for_each            = var.alarms == null ? {} : local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "The waker ${var.name} ${each.value.description}."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags
}

resource "aws_cloudwatch_dashboard" "waker" {
  count          = var.dashboard ? 1 : 0
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = concat(
      [
        {
          type = "metric", x = 0, y = 0, width = 12, height = 6
          properties = {
            title   = "The function", region = local.listener.region, stat = "Sum", period = 300
            metrics = [for metric in ["Invocations", "Errors", "Throttles"] : ["AWS/Lambda", metric, "FunctionName", var.name]]
          }
        },
        {
          type = "log", x = 12, y = 0, width = 12, height = 6
          properties = {
            title = "Errors", region = local.listener.region, view = "table"
            query = "SOURCE '${aws_cloudwatch_log_group.waker.name}' | filter level = 'ERROR' | sort @timestamp desc | limit 50"
          }
        },
      ],
      # Requests to either target group: the waker's asleep, the app's awake.
      [for index, name in keys(var.environments) : {
        type = "metric", x = 12 * (index % 2), y = 6 + 6 * floor(index / 2), width = 12, height = 6
        properties = {
          title = "Requests of ${name}", region = local.listener.region, stat = "Sum", period = 300
          metrics = [
            for label, arn in { app = var.environments[name].app_target_group_arn, waker = aws_lb_target_group.waker[name].arn } : [
              "AWS/ApplicationELB", "RequestCount",
              "LoadBalancer", regex("listener/(app/[^/]+/[^/]+)", var.environments[name].listener_arn)[0],
              "TargetGroup", regex("(targetgroup/.+)$", arn)[0],
              { label = label },
            ]
          ]
        }
      }],
    )
  })
}
