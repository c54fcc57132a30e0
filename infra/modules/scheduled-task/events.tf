resource "aws_cloudwatch_event_rule" "start" {
  for_each       = var.events
  name           = local.names["event ${each.key}"]
  description    = "Runs ${local.family}"
  event_bus_name = var.event_bus_name
  event_pattern  = each.value.pattern
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "start" {
  for_each       = aws_cloudwatch_event_rule.start
  rule           = each.value.name
  event_bus_name = var.event_bus_name
  arn            = var.cluster_arn
  role_arn       = aws_iam_role.run.arn

  ecs_target {
    task_definition_arn     = var.task.family_arn
    task_count              = 1
    enable_execute_command  = var.enable_execute_command
    propagate_tags          = "TASK_DEFINITION"
    enable_ecs_managed_tags = true

    capacity_provider_strategy {
      capacity_provider = local.provider
      weight            = 1
    }

    network_configuration {
      subnets          = var.network.subnet_ids
      security_groups  = var.network.security_group_ids
      assign_public_ip = var.network.assign_public_ip
    }
  }

  # The event's values for the task. jsonencode would escape < and >.
  input_transformer {
    input_paths = var.events[each.key].variables
    input_template = replace(replace(jsonencode({ containerOverrides = [{
      name        = var.task.container_name
      environment = [for name in keys(var.events[each.key].variables) : { name = name, value = "<${name}>" }]
    }] }), "\\u003c", "<"), "\\u003e", ">")
  }

  dead_letter_config {
    arn = aws_sqs_queue.failed.arn
  }
}

# EventBridge itself, without the role, sends events there whose runs it cannot start.
resource "aws_sqs_queue_policy" "failed" {
  count     = length(var.events) > 0 ? 1 : 0
  queue_url = aws_sqs_queue.failed.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.failed.arn
      Condition = { ArnEquals = { "aws:SourceArn" = [for rule in aws_cloudwatch_event_rule.start : rule.arn] } }
    }]
  })
}

# An exit code other than 0, or none because it never ran.
resource "aws_cloudwatch_event_rule" "failed" {
  count       = var.failures_topic_arn == null ? 0 : 1
  name        = local.names["failed"]
  description = "A run of ${local.family} failed"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn = [var.cluster_arn]
      group      = ["family:${local.family}"]
      lastStatus = ["STOPPED"]
      "$or" = [
        { containers = { exitCode = [{ anything-but = 0 }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
  tags = var.tags
}

resource "aws_cloudwatch_event_target" "failed" {
  count = var.failures_topic_arn == null ? 0 : 1
  rule  = aws_cloudwatch_event_rule.failed[0].name
  arn   = var.failures_topic_arn
}
