# A task that runs and ends: between its runs there is nothing to put to sleep.
locals {
  cluster_name = element(split("/", var.cluster_arn), 1)
  family       = element(split("/", var.task.family_arn), 1)
  provider     = var.spot ? "FARGATE_SPOT" : "FARGATE"
  account      = element(split(":", var.cluster_arn), 4)

  # The permissions of Scheduler and EventBridge: run this family in this cluster, with these two roles.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Run"
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = ["${var.task.family_arn}:*", var.task.family_arn]
        Condition = { ArnEquals = { "ecs:cluster" = var.cluster_arn } }
      },
      {
        Sid       = "HandOver"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [var.task.task_role_arn, var.task.execution_role_arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        # ECS tags only the tasks that it runs in this call.
        Sid       = "Tag"
        Effect    = "Allow"
        Action    = "ecs:TagResource"
        Resource  = "${replace(var.cluster_arn, ":cluster/", ":task/")}/*"
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      },
      {
        Sid      = "KeepWhatFailed"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.failed.arn
      },
    ]
  })
}

data "aws_region" "here" {}

locals {
  # IAM's names are unique in the account, so these contain the region. A name above AWS's 64 characters ends
  # in a hash of it.
  long_names = merge(
    { role = "${var.name}-run-${data.aws_region.here.id}", failed = "${var.name}-failed" },
    { for key in keys(var.schedules) : "schedule ${key}" => "${var.name}-${key}" },
    { for key in keys(var.events) : "event ${key}" => "${var.name}-${key}" },
  )
  names = { for kind, name in local.long_names : kind => length(name) <= 64 ? name : "${substr(name, 0, 56)}-${substr(sha256(name), 0, 7)}" }
}

resource "aws_iam_role" "run" {
  name                 = local.names["role"]
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["scheduler.amazonaws.com", "events.amazonaws.com"] }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "run" {
  name   = "run"
  role   = aws_iam_role.run.id
  policy = local.policy
}

# Runs that could not be started, with the reason.
resource "aws_sqs_queue" "failed" {
  name                      = "${var.name}-not-started"
  message_retention_seconds = 14 * 86400
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:its input is a command, and no secret
  for_each                     = var.schedules
  name                         = local.names["schedule ${each.key}"]
  description                  = "Runs ${local.family}"
  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.time_zone
  state                        = each.value.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.cluster_arn
    role_arn = aws_iam_role.run.arn
    input = jsonencode({ containerOverrides = [{ for field, value in {
      name        = var.task.container_name
      command     = each.value.command
      environment = length(each.value.environment) > 0 ? [for name, value in each.value.environment : { name = name, value = value }] : null
    } : field => value if value != null }] })

    ecs_parameters {
      task_definition_arn     = var.task.family_arn
      task_count              = each.value.count
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

    dead_letter_config {
      arn = aws_sqs_queue.failed.arn
    }

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
  }

  depends_on = [aws_iam_role_policy.run]
}
