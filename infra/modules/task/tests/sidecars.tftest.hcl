mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name  = "app"
  image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app:1"
  size  = { cpu = 512, memory = 1024 }
}

run "a_proxy_and_a_container_that_ends" {
  variables {
    container_name = "web"
    scratch        = ["/tmp", "/run/shared"]
    command        = ["server"]
    entrypoint     = { from = "init", image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/reveille-entrypoint:1" }
    dependencies   = { migrate = "SUCCESS", proxy = "HEALTHY" }
    sidecars = {
      proxy = {
        image              = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/proxy:1"
        ports              = { http = 80 }
        cpu                = 128
        memory             = 256
        memory_reservation = 128
        scratch            = ["/run/shared"]
        secrets            = { KEY = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:proxy-AbCdEf:key::" }
        health_check       = { command = ["CMD", "/proxy", "healthy"] }
      }
      migrate = { image = "public.ecr.aws/team/migrate:1", essential = false, command = ["up"], environment = { LEVEL = "info" } }
    }
  }
  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : [container.name, container.essential]] == [["web", true], ["entrypoint", false], ["migrate", false], ["proxy", true]]
    error_message = "Beside the main container and its init container."
  }
  assert {
    condition = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].dependsOn == [
      { containerName = "entrypoint", condition = "SUCCESS" }, { containerName = "migrate", condition = "SUCCESS" }, { containerName = "proxy", condition = "HEALTHY" },
    ]
    error_message = "The main container waits for what brings its entrypoint, and for the sidecars named."
  }
  assert {
    condition     = { for field in ["cpu", "memory", "memoryReservation", "readonlyRootFilesystem"] : field => jsondecode(aws_ecs_task_definition.this.container_definitions)[3][field] } == { cpu = 128, memory = 256, memoryReservation = 128, readonlyRootFilesystem = true }
    error_message = "With limits of its own."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[3].mountPoints == [{ sourceVolume = "scratch-run-shared", containerPath = "/run/shared", readOnly = false }] && toset(aws_ecs_task_definition.this.volume[*].name) == toset(["reveille", "scratch-tmp", "scratch-run-shared"])
    error_message = "A folder that both name is one volume."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[3].logConfiguration.options.awslogs-group == "/ecs/app" && jsondecode(aws_ecs_task_definition.this.container_definitions)[3].healthCheck.interval == 5
    error_message = "It logs to the task's group."
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Sid => toset(statement.Resource) if contains(["Pull", "Secrets"], statement.Sid) } == {
      Pull    = toset([for repository in ["team/app", "reveille-entrypoint", "proxy"] : "arn:aws:ecr:eu-west-1:111122223333:repository/${repository}"])
      Secrets = toset(["arn:aws:secretsmanager:eu-west-1:111122223333:secret:proxy-AbCdEf"])
    }
    error_message = "ECS may pull its image and read its secret."
  }
  assert {
    condition     = output.container_name == "web"
    error_message = "The main container may have a name of its own."
  }
}

run "a_log_router" {
  variables {
    log_configuration = {
      log_driver     = "awsfirelens"
      options        = { Name = "datadog", Host = "http-intake.logs.datadoghq.eu", TLS = "on" }
      secret_options = { apikey = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:datadog-AbCdEf" }
    }
    sidecars = { router = { image = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.34.3", firelens_configuration = { type = "fluentbit" }, readonly_root_filesystem = false } }
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].logConfiguration == { logDriver = "awsfirelens", options = { Name = "datadog", Host = "http-intake.logs.datadoghq.eu", TLS = "on" }, secretOptions = [{ name = "apikey", valueFrom = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:datadog-AbCdEf" }] }
    error_message = "The main container logs by the router."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].firelensConfiguration.type == "fluentbit" && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].logConfiguration.logDriver == "awslogs"
    error_message = "The router itself logs to CloudWatch."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Resource if statement.Sid == "Secrets"]) == ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:datadog-AbCdEf"]
    error_message = "ECS may read the driver's secret."
  }
}

run "name" {
  command = plan
  variables {
    sidecars = { "a b" = { image = "nginx:1.29" } }
  }
  expect_failures = [var.sidecars]
}

run "condition" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", dependencies = { app = "READY" } } }
  }
  expect_failures = [var.sidecars]
}

run "secret" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", secrets = { KEY = "proxy" } } }
  }
  expect_failures = [var.sidecars]
}

run "port" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", ports = { http = 65536 } } }
  }
  expect_failures = [var.sidecars]
}

run "stop_timeout" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", stop_timeout = 1 } }
  }
  expect_failures = [var.sidecars]
}

run "less_memory_than_is_reserved" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", memory = 64, memory_reservation = 128 } }
  }
  expect_failures = [var.sidecars]
}

run "health_check" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", health_check = { command = ["curl"] } } }
  }
  expect_failures = [var.sidecars]
}

run "scratch" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", scratch = ["/"] } }
  }
  expect_failures = [var.sidecars]
}

run "firelens" {
  command = plan
  variables {
    sidecars = { router = { image = "nginx:1.29", firelens_configuration = { type = "vector" } } }
  }
  expect_failures = [var.sidecars]
}

run "condition_of_the_main_container" {
  command = plan
  variables {
    dependencies = { proxy = "UP" }
  }
  expect_failures = [var.dependencies]
}

run "log_driver" {
  command = plan
  variables {
    log_configuration = { log_driver = "syslog" }
  }
  expect_failures = [var.log_configuration]
}

run "container_name" {
  command = plan
  variables {
    container_name = "a b"
  }
  expect_failures = [var.container_name]
}

run "waits_for_a_container_that_is_not_there" {
  command = plan
  variables {
    dependencies = { proxy = "START" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "has_the_main_containers_name" {
  command = plan
  variables {
    sidecars = { app = { image = "nginx:1.29" } }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "waits_for_the_end_of_an_essential_container" {
  command = plan
  variables {
    dependencies = { migrate = "SUCCESS" }
    sidecars     = { migrate = { image = "nginx:1.29" } }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "more_than_the_task_has" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", cpu = 513 } }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "all_that_the_task_has" {
  command = plan
  variables {
    sidecars = { proxy = { image = "nginx:1.29", cpu = 512, memory = 512 }, other = { image = "nginx:1.29", memory_reservation = 512 } }
  }
}

run "a_log_driver_without_a_router" {
  command = plan
  variables {
    log_configuration = { log_driver = "awsfirelens" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}
