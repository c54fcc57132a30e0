# Level-triggered: every environment is looked at again and again, so that nothing depends on one
# event having come. Events and alarms only make the function look sooner.
locals {
  tick = jsonencode({ reveille = "tick" })
}

resource "aws_scheduler_schedule" "tick" {
  # checkov:skip=CKV_AWS_297:its input is the one word tick
  name                = "${var.name}-tick"
  description         = "Makes ${var.name} look at its environments"
  schedule_expression = var.tick.expression
  state               = var.tick.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.waker.arn
    role_arn = aws_iam_role.tick.arn
    input    = local.tick

    # The next tick is better than an old one.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }
}

resource "aws_iam_role" "tick" {
  name = "${var.name}-tick"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.listener.account } }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "tick" {
  name = "invoke"
  role = aws_iam_role.tick.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = aws_lambda_function.waker.arn
    }]
  })
}

# Invoked asynchronously: no second and third try of a tick that failed.
resource "aws_lambda_function_event_invoke_config" "waker" {
  function_name                = aws_lambda_function.waker.function_name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0
}

locals {
  patterns = {
    tasks = {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail = {
        clusterArn = local.cluster_arns
        group      = [for service in local.services : "service:${service.name}"]
        lastStatus = ["STOPPED"]
      }
    }
    services = {
      source      = ["aws.ecs"]
      detail-type = ["ECS Service Action"]
      resources   = local.service_arns
      detail      = { eventType = ["WARN", "ERROR"] }
    }
  }
}

resource "aws_cloudwatch_event_rule" "look" {
  for_each      = toset(var.events ? keys(local.patterns) : [])
  name          = "${var.name}-${each.key}"
  description   = "Makes ${var.name} look at its environments"
  event_pattern = jsonencode(local.patterns[each.key])
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "look" {
  for_each = aws_cloudwatch_event_rule.look
  rule     = each.value.name
  arn      = aws_lambda_function.waker.arn

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }
}

resource "aws_lambda_permission" "look" {
  for_each      = aws_cloudwatch_event_rule.look
  statement_id  = "event-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.waker.function_name
  principal     = "events.amazonaws.com"
  source_arn    = each.value.arn
}

# No request to the app for as long as it takes to sleep. It acts on its change only, so it is no
# more than a second reason to look, where ticks are rare.
resource "aws_cloudwatch_metric_alarm" "idle" {
  for_each          = { for name, environment in var.environments : name => environment if environment.idle_alarm }
  alarm_name        = "${var.name}-${each.key}-idle"
  alarm_description = "Nobody uses ${each.key}."
  namespace         = "AWS/ApplicationELB"
  metric_name       = "RequestCount"
  dimensions = {
    LoadBalancer = regex("listener/(app/[^/]+/[^/]+)", each.value.listener_arn)[0]
    TargetGroup  = regex("(targetgroup/.+)$", each.value.app_target_group_arn)[0]
  }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = min(1440, ceil(coalesce(each.value.idle_after_seconds, 1800) / 60))
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_lambda_function.waker.arn]
  tags                = var.tags
}

resource "aws_lambda_permission" "idle" {
  for_each      = aws_cloudwatch_metric_alarm.idle
  statement_id  = "idle-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.waker.function_name
  principal     = "lambda.alarms.cloudwatch.amazonaws.com"
  source_arn    = each.value.arn
}
