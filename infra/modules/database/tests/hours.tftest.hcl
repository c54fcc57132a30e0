# A higher minimum in business hours.
mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "test"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  # No app logs in as the master user.
  master_user_password_rotation_automatically_after_days = 7
}

run "none_unless_asked_for" {
  assert {
    condition     = length(aws_scheduler_schedule.hours) == 0 && length(aws_iam_role.hours) == 0
    error_message = "No schedule."
  }
}

run "on_weekdays" {
  variables {
    aurora = { max_capacity = 4, business_hours = { from = "07:30", to = "17:00" } }
  }
  assert {
    condition     = { for name, schedule in aws_scheduler_schedule.hours : name => schedule.schedule_expression } == { begin = "cron(30 7 ? * MON,TUE,WED,THU,FRI *)", end = "cron(0 17 ? * MON,TUE,WED,THU,FRI *)" }
    error_message = "From half past seven to five."
  }
  assert {
    condition     = jsondecode(one(aws_scheduler_schedule.hours["begin"].target).input) == { DbClusterIdentifier = "test", ApplyImmediately = true, ServerlessV2ScalingConfiguration = { MinCapacity = 1, MaxCapacity = 4 } }
    error_message = "One ACU in these hours."
  }
  assert {
    condition     = jsondecode(one(aws_scheduler_schedule.hours["end"].target).input) == { DbClusterIdentifier = "test", ApplyImmediately = true, ServerlessV2ScalingConfiguration = { MinCapacity = 0, MaxCapacity = 4, SecondsUntilAutoPause = 300 } }
    error_message = "It pauses again after them."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.hours[0].policy).Statement == [{ Effect = "Allow", Action = "rds:ModifyDBCluster", Resource = "arn:aws:rds:eu-west-1:111122223333:cluster:made" }]
    error_message = "This cluster alone."
  }
  assert {
    condition     = one(aws_scheduler_schedule.hours["begin"].target).arn == "arn:aws:scheduler:::aws-sdk:rds:modifyDBCluster" && jsondecode(aws_iam_role.hours[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    error_message = "By the scheduler, of this account."
  }
}

# Terraform agrees with the schedule about the present.
run "all_day" {
  variables {
    aurora = { business_hours = { days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from = "00:00", to = "23:59", min_capacity = 2 } }
  }
  assert {
    condition     = formatdate("hhmm", plantimestamp()) == "2359" || (one(aws_rds_cluster.this[0].serverlessv2_scaling_configuration).min_capacity == 2 && local.seconds_until_auto_pause == null)
    error_message = "Within the hours two ACUs are due."
  }
}

run "never_today" {
  variables {
    aurora = { business_hours = { days = [lower(formatdate("EEE", timeadd(timestamp(), "48h")))], from = "00:00", to = "23:59", min_capacity = 2 } }
  }
  assert {
    condition     = one(aws_rds_cluster.this[0].serverlessv2_scaling_configuration).min_capacity == 0 && local.seconds_until_auto_pause == 300
    error_message = "Outside the hours it may pause."
  }
}
