mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name        = "sync"
  cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/batch"
  task = {
    family_arn         = "arn:aws:ecs:eu-west-1:111122223333:task-definition/sync"
    container_name     = "sync"
    task_role_arn      = "arn:aws:iam::111122223333:role/sync-task"
    execution_role_arn = "arn:aws:iam::111122223333:role/sync-execution"
  }
  network = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
}

run "by_schedules" {
  variables {
    schedules = {
      weekly = { expression = "cron(0 3 ? * SUN *)", time_zone = "Europe/Berlin", command = ["sync", "--all"], environment = { DEPTH = "full" } }
      hourly = { expression = "rate(1 hour)", enabled = false }
    }
  }
  assert {
    condition     = one(one(aws_scheduler_schedule.this["weekly"].target).ecs_parameters).task_definition_arn == "arn:aws:ecs:eu-west-1:111122223333:task-definition/sync" && aws_scheduler_schedule.this["weekly"].schedule_expression_timezone == "Europe/Berlin"
    error_message = "The newest revision, at its time."
  }
  assert {
    condition     = jsondecode(one(aws_scheduler_schedule.this["weekly"].target).input).containerOverrides == [{ name = "sync", command = ["sync", "--all"], environment = [{ name = "DEPTH", value = "full" }] }] && jsondecode(one(aws_scheduler_schedule.this["hourly"].target).input).containerOverrides == [{ name = "sync" }]
    error_message = "Its own command and variables."
  }
  assert {
    condition     = aws_scheduler_schedule.this["hourly"].state == "DISABLED" && length(aws_cloudwatch_event_rule.start) + length(aws_cloudwatch_event_rule.failed) + length(aws_sqs_queue_policy.failed) == 0
    error_message = "Nothing more unless asked for."
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.run.policy).Statement : statement.Sid => flatten([statement.Resource]) } == {
      Run            = ["arn:aws:ecs:eu-west-1:111122223333:task-definition/sync:*", "arn:aws:ecs:eu-west-1:111122223333:task-definition/sync"]
      HandOver       = ["arn:aws:iam::111122223333:role/sync-task", "arn:aws:iam::111122223333:role/sync-execution"]
      Tag            = ["arn:aws:ecs:eu-west-1:111122223333:task/batch/*"]
      KeepWhatFailed = ["arn:aws:sqs:eu-west-1:111122223333:made"]
    }
    error_message = "This task, as its own roles."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.run.policy).Statement : can(statement.Condition) if statement.Sid != "KeepWhatFailed"])
    error_message = "In this cluster, to this service, by this action."
  }
}

run "by_events" {
  variables {
    events             = { large = { pattern = "{\"source\":[\"sync.orchestrator\"]}", variables = { SYNC_DATE = "$.detail.date" } } }
    failures_topic_arn = "arn:aws:sns:eu-west-1:111122223333:failures"
    spot               = true
  }
  assert {
    condition     = one(one(aws_cloudwatch_event_target.start["large"].ecs_target).capacity_provider_strategy).capacity_provider == "FARGATE_SPOT" && length(aws_sqs_queue_policy.failed) == 1
    error_message = "On Spot, and kept where it cannot start."
  }
  assert {
    condition     = one(aws_cloudwatch_event_target.start["large"].input_transformer).input_template == "{\"containerOverrides\":[{\"environment\":[{\"name\":\"SYNC_DATE\",\"value\":\"<SYNC_DATE>\"}],\"name\":\"sync\"}]}"
    error_message = "The task learns what the event says."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.failed[0].event_pattern).detail.group == ["family:sync"] && aws_cloudwatch_event_target.failed[0].arn == "arn:aws:sns:eu-west-1:111122223333:failures"
    error_message = "Failed runs of this family are heard of."
  }
}

run "names_and_a_role_by_the_accounts_rules" {
  variables {
    name                 = "a-scheduled-task-whose-name-is-as-long-as-a-name-can-be-of-all"
    schedules            = { weekly = { expression = "cron(0 3 ? * SUN *)" }, monthly = { expression = "cron(0 3 1 * ? *)" } }
    events               = { order = { pattern = "{\"source\":[\"sync\"]}" } }
    failures_topic_arn   = "arn:aws:sns:eu-west-1:111122223333:alarms"
    role_path            = "/apps/"
    permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"

    enable_execute_command = true
  }
  assert {
    condition     = one(one(aws_scheduler_schedule.this["weekly"].target).ecs_parameters).enable_execute_command && one(aws_cloudwatch_event_target.start["order"].ecs_target).enable_execute_command
    error_message = "A shell in a run of either kind."
  }
  assert {
    condition     = alltrue([for name in concat(values(aws_scheduler_schedule.this)[*].name, values(aws_cloudwatch_event_rule.start)[*].name, aws_cloudwatch_event_rule.failed[*].name, [aws_iam_role.run.name]) : length(name) <= 64]) && aws_scheduler_schedule.this["weekly"].name != aws_scheduler_schedule.this["monthly"].name
    error_message = "Names that fit, each its own."
  }
  assert {
    condition     = aws_iam_role.run.path == "/apps/" && aws_iam_role.run.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "Path and boundary."
  }
}
