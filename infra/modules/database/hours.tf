# Hours in which Aurora has a higher minimum, so that it is warm and does not pause.
#
# EventBridge Scheduler changes it at both ends. Terraform reads the minimum that is due from the clock, so
# that a plan is empty in these hours and outside them. It has no time zones: UTC.
locals {
  hours  = local.aurora ? var.aurora.business_hours : null
  clock  = tonumber(formatdate("hhmm", plantimestamp()))
  today  = lower(formatdate("EEE", plantimestamp()))
  within = try(contains(local.hours.days, local.today) && local.clock >= tonumber(replace(local.hours.from, ":", "")) && local.clock < tonumber(replace(local.hours.to, ":", "")), false)

  min_capacity = local.within ? local.hours.min_capacity : var.aurora.min_capacity
  # The provider refuses it with a minimum above 0.
  seconds_until_auto_pause = local.min_capacity == 0 ? var.aurora.seconds_until_auto_pause : null

  changes = local.hours == null ? {} : {
    begin = { time = split(":", local.hours.from), min = local.hours.min_capacity }
    end   = { time = split(":", local.hours.to), min = var.aurora.min_capacity }
  }
}

resource "aws_scheduler_schedule" "hours" {
  # checkov:skip=CKV_AWS_297:its input is two numbers and the cluster's name
  for_each            = local.changes
  name                = "${var.name}-hours-${each.key}"
  description         = "Sets the least capacity of ${var.name} to ${each.value.min} ACU"
  schedule_expression = "cron(${tonumber(each.value.time[1])} ${tonumber(each.value.time[0])} ? * ${upper(join(",", local.hours.days))} *)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${data.aws_partition.here.partition}:scheduler:::aws-sdk:rds:modifyDBCluster"
    role_arn = aws_iam_role.hours[0].arn
    input = jsonencode({
      DbClusterIdentifier = aws_rds_cluster.this[0].cluster_identifier
      ApplyImmediately    = true
      ServerlessV2ScalingConfiguration = merge(
        { MinCapacity = each.value.min, MaxCapacity = var.aurora.max_capacity },
        each.value.min == 0 ? { SecondsUntilAutoPause = var.aurora.seconds_until_auto_pause } : {},
      )
    })

    # A cluster that is being changed refuses another change for some minutes.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 20
    }
  }
}

resource "aws_iam_role" "hours" {
  count                = local.hours == null ? 0 : 1
  name                 = local.role_names.hours
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

resource "aws_iam_role_policy" "hours" {
  count = local.hours == null ? 0 : 1
  name  = "capacity"
  role  = aws_iam_role.hours[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "rds:ModifyDBCluster"
      Resource = local.arn
    }]
  })
}
