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
    name                = "bottles"
    orchestrator_source = "bottle-sync.orchestrator"
    efs                 = null
    size                = { cpu = 4096, memory = 16384, storage = 100 }
    workers             = { custom = { backlog = { namespace = "Bottles", metric = "Waiting", target = 10 } } }
  }
  assert {
    condition     = output.service_name == "bottles-work" && output.autoscaling_target == "service/made/bottles-work" && output.efs_file_system_id == null
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
