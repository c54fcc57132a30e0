# Level-triggered: every tick observes every environment, so that nothing depends on a single event. Events
# and alarms only cause an earlier tick.
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
    role_arn = local.tick_role.arn
    input    = local.tick

    # The next tick is better than a late one.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }
}

resource "aws_iam_role" "tick" {
  count                = var.tick_role == null ? 1 : 0
  name                 = local.role_names.tick
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here.account_id } }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "tick" {
  count = try(var.tick_role.attach, true) ? 1 : 0
  name  = "invoke"
  role  = local.tick_role.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = aws_lambda_function.waker.arn
    }]
  })
}

# Asynchronous invocations: a failed tick is not retried.
resource "aws_lambda_function_event_invoke_config" "waker" {
  function_name                = aws_lambda_function.waker.function_name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0
}

locals {
  # If the services are too many for a pattern, all events of their clusters invoke the function, which only
  # costs invocations.
  every_service = {
    tasks    = [{ prefix = "service:" }]
    services = [for arn in local.cluster_arns : { prefix = "${replace(arn, ":cluster/", ":service/")}/" }]
  }
  named_services = { tasks = [for service in local.services : "service:${service.name}"], services = local.service_arns }

  pattern_forms = { for form, scope in { named = local.named_services, every = local.every_service } : form => {
    tasks = jsonencode({
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail      = { clusterArn = local.cluster_arns, group = scope.tasks, lastStatus = ["STOPPED"] }
    })
    services = jsonencode({
      source      = ["aws.ecs"]
      detail-type = ["ECS Service Action"]
      resources   = scope.services
      detail      = { eventType = ["WARN", "ERROR"] }
    })
  } }
  patterns = { for kind, pattern in local.pattern_forms.named : kind => length(pattern) <= var.event_pattern_quota ? pattern : local.pattern_forms.every[kind] }
}

resource "aws_cloudwatch_event_rule" "look" {
  for_each      = toset(var.events ? ["services", "tasks"] : [])
  name          = "${var.name}-${each.key}"
  description   = "Makes ${var.name} look at its environments"
  event_pattern = local.patterns[each.key]
  tags          = var.tags

  lifecycle {
    precondition {
      condition     = length(local.patterns[each.key]) <= var.event_pattern_quota
      error_message = "The pattern for events of ${each.key} has ${length(local.patterns[each.key])} characters with the clusters alone, and EventBridge takes ${var.event_pattern_quota}: switch the events off (events = false; the ticks find the same within a minute), spread the environments over several wakers, or have the quota raised and set event_pattern_quota."
    }
  }
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

# No request to the app during the idle time. It acts on its transition only, and is an additional trigger if
# ticks are rare.
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
