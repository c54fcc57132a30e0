mock_provider "aws" {
  source = "../../mocks"
}

# Any file is enough for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "in_production" {
  variables {
    alarm_emails = ["ops@example.com"]
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].services[0].count == 2 && jsondecode(output.waker_config).environments[0].hosts == ["trust.example.com"]
    error_message = "Two tasks a wake."
  }
  assert {
    condition     = length([for statement in jsondecode(output.waker_policy).Statement : statement if statement.Sid == "DataApiKeys"]) == 1
    error_message = "The database's secret has the environment's key."
  }
  assert {
    condition     = jsondecode(aws_kms_key.this[0].policy).Statement[1].Principal.Service == "logs.us-east-1.amazonaws.com" && aws_kms_key.this[0].enable_key_rotation
    error_message = "Logs are encrypted with it."
  }
}

run "its_names" {
  assert {
    condition     = [output.cluster_name, output.service_name, output.cloudwatch_log_group_name] == ["transparent-trust-cluster-production", "transparent-trust-service-production", "/aws/ecs/transparent-trust-production"]
    error_message = "Project and environment."
  }
  assert {
    condition     = strcontains(output.useful_commands.migrate, "{\"containerOverrides\":[{\"command\":[\"npx\",\"prisma\",\"migrate\",\"deploy\"],\"name\":\"app\"}]}")
    error_message = "Migrations run in the container app: ${output.useful_commands.migrate}"
  }
}

# While everything that the plan reads exists.
run "nextauth_url" {
  command = plan
  variables {
    nextauth_url = "http://app.example.com/"
  }
  expect_failures = [var.nextauth_url]
}

run "as_production_wants_it" {
  variables {
    size          = { cpu = 1024, memory = 2048 }
    desired_count = 2
    autoscaling   = { min_capacity = 3, max_capacity = 20 }
    alarm_emails  = ["ops@example.com"]
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].services[0].count == 3 && output.deployment_info.tasks == { awake = 3, most = 20 }
    error_message = "A wake starts the minimum."
  }
}

run "in_development" {
  variables {
    environment   = "development"
    vpc           = { mode = "default" }
    size          = { cpu = 256, memory = 512 }
    desired_count = 1
    autoscaling   = null
    spot          = true
    own_key       = false
    enable_alarms = false
    alarm_emails  = ["ops@example.com"]
    database      = { kind = "instance" }
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "made", stop_when_idle = true } && length(aws_kms_key.this) == 0
    error_message = "An instance that is stopped, and AWS's keys."
  }
  assert {
    condition     = length(output.alarm_arns) == 0 && length(aws_sns_topic.alarms) == 0
    error_message = "No alarms."
  }
}

run "with_a_load_balancer_and_a_database_of_yours" {
  variables {
    environment     = "adopted"
    certificate_arn = null
    vpc             = { mode = "existing", id = "vpc-0123456789abcdef0", private_subnet_ids = ["subnet-00000000000000001", "subnet-00000000000000002"] }
    load_balancer = {
      listener_arn      = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/main/0123456789abcdef/0123456789abcdef"
      security_group_id = "sg-0123456789abcdef0"
      priority          = 40
      target_group_arn  = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/trust/0123456789abcdef"
    }
    database_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:trust-database-AbCdEf"
    database_arn        = "arn:aws:rds:us-east-1:111122223333:db:trust"
  }
  assert {
    condition     = length(module.alb) + length(module.database) == 0 && output.target_group_arn == "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/trust/0123456789abcdef" && output.load_balancer_dns_name == null
    error_message = "Neither is made."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "trust" } && jsondecode(output.waker_config).environments[0].route.app_target_group_arn == "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/trust/0123456789abcdef"
    error_message = "The waker starts the database, and turns the route to the target group."
  }
  assert {
    condition     = contains(flatten([for statement in jsondecode(module.task.task_policy_json).Statement : statement.Resource if statement.Sid == "Secrets"]), "arn:aws:secretsmanager:us-east-1:111122223333:secret:trust-database-AbCdEf")
    error_message = "The app may read its secret."
  }
}

run "project_name" {
  command = plan
  variables {
    project_name = "Transparent Trust"
  }
  expect_failures = [var.project_name]
}

run "environment" {
  command = plan
  variables {
    environment = "production-of-europe"
  }
  expect_failures = [var.environment]
}

run "database_secret_by_half_its_arn" {
  command = plan
  variables {
    database_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:trust"
  }
  expect_failures = [var.database_secret_arn]
}

run "with_a_database_user_of_the_apps_own" {
  variables {
    app_user_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:trust-user-AbCdEf"
  }
  assert {
    condition     = strcontains(module.task.task_policy_json, "secret:trust-user-AbCdEf") && !strcontains(module.task.task_policy_json, "secret:rds")
    error_message = "The app reads its own login and not the master's."
  }
}
