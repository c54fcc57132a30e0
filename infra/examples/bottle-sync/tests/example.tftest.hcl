mock_provider "aws" {
  source = "../../mocks"
}

run "runs_by_a_schedule" {
  assert {
    condition     = keys(output.schedule_arns) == ["weekly"] && output.service_name == null && output.efs_access_point_id == "fsap-0123456789abcdef0"
    error_message = "Runs by a schedule, with EFS, and no service."
  }
}

run "with_workers_and_an_orchestrator" {
  variables {
    project_name        = "bottles"
    environment         = "dev"
    orchestrator_source = "bottle-sync.orchestrator"
    efs                 = null
    size                = { cpu = 4096, memory = 16384, storage = 100 }
    workers             = { custom = { backlog = { namespace = "Bottles", metric_name = "Waiting", target_value = 10 } } }
  }
  assert {
    condition     = output.service_name == "bottles-dev-work" && output.autoscaling_target == "service/made/bottles-dev-work" && output.efs_file_system_id == null
    error_message = "Workers, and the task's own storage."
  }
}

run "log_level" {
  command = plan
  variables {
    log_level = "LOUD"
  }
  expect_failures = [var.log_level]
}

run "what_is_yours" {
  variables {
    environment           = "yours"
    create_security_group = false
    security_group_ids    = ["sg-0123456789abcdef0"]
    roles = {
      task      = { name = "sync-task", arn = "arn:aws:iam::111122223333:role/sync-task" }
      execution = { name = "sync-execution", arn = "arn:aws:iam::111122223333:role/sync-execution" }
    }
    health_check           = { command = ["CMD-SHELL", "curl -f http://localhost:9090/health || exit 1"] }
    container_port         = 9090
    enable_execute_command = true
    read_only_root         = false
    temp_storage_path      = "/tmp/bottles"
    workers                = {}
  }
  assert {
    condition     = output.security_group_id == "sg-0123456789abcdef0" && output.task_role_arn == "arn:aws:iam::111122223333:role/sync-task" && length(aws_security_group.tasks) == 0
    error_message = "Neither group nor roles are made."
  }
  assert {
    condition     = output.cluster_id == output.cluster_arn && output.service_id == output.service_arn && output.task_definition_revision == 1
    error_message = "Ids and the revision."
  }
  assert {
    condition     = strcontains(output.useful_commands.run, "--enable-execute-command") && strcontains(output.useful_commands.run, "securityGroups=[sg-0123456789abcdef0]")
    error_message = "One run by hand."
  }
}

run "environment" {
  command = plan
  variables {
    environment = "Prod"
  }
  expect_failures = [var.environment]
}

run "project_name" {
  command = plan
  variables {
    project_name = "homebrew_bottles"
  }
  expect_failures = [var.project_name]
}
