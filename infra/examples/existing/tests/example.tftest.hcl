mock_provider "aws" {
  source = "../../mocks"
}

variables {
  waker_zip = "versions.tf"
}

run "two_environments_on_one_load_balancer" {
  assert {
    condition     = [for environment in jsondecode(output.waker_config).environments : environment.name] == ["demo", "staging"]
    error_message = "Both are the waker's."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "demo", stop_when_idle = true } && jsondecode(output.waker_config).environments[1].database == { kind = "aurora", identifier = "staging" }
    error_message = "The kind of each database is read from its ARN."
  }
  assert {
    condition     = one([for statement in jsondecode(output.waker_policy).Statement : statement.Resource if statement.Sid == "Services"]) == ["arn:aws:ecs:eu-west-1:111122223333:service/demo/web", "arn:aws:ecs:eu-west-1:111122223333:service/staging/web", "arn:aws:ecs:eu-west-1:111122223333:service/staging/worker"]
    error_message = "It may change these services only."
  }
  assert {
    condition     = { for statement in jsondecode(output.waker_policy).Statement : statement.Sid => statement.Resource if startswith(statement.Sid, "Stop") } == { StopInstances = ["arn:aws:rds:eu-west-1:111122223333:db:demo"] }
    error_message = "It may stop the one database that is to be stopped."
  }
}

run "the_app_need_not_be_the_first_service" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/main/0123456789abcdef/0123456789abcdef"
        priority     = 10
        hosts        = ["staging.example.com"]
        paths        = ["/app/*"]
        cluster_arn  = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
        services = [
          { name = "search", cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/search" },
          { name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0123456789abcdef", after = ["search"] },
        ]
        schedule = [{ days = ["mon"], from = "08:00", to = "18:00", time_zone = "Europe/Berlin" }]
        guard    = { wake = "click" }
      }
    }
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
  }
  assert {
    condition     = output.sizes.variables < 4096 && output.sizes.policy < 10240
    error_message = "It is planned."
  }
}

run "no_service_has_a_target_group" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/main/0123456789abcdef/0123456789abcdef"
        priority     = 10
        hosts        = ["staging.example.com"]
        cluster_arn  = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
        services     = [{ name = "worker" }]
      }
    }
  }
  expect_failures = [var.environments]
}
