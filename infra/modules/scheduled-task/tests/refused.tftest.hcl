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

run "name" {
  command = plan
  variables {
    name = "Sync"
  }
  expect_failures = [var.name]
}

run "cluster" {
  command = plan
  variables {
    cluster_arn = "batch"
  }
  expect_failures = [var.cluster_arn]
}

run "revision" {
  command = plan
  variables {
    task = { family_arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/sync:1", container_name = "a", task_role_arn = "b", execution_role_arn = "c" }
  }
  expect_failures = [var.task]
}

run "network" {
  command = plan
  variables {
    network = { subnet_ids = ["subnet-1"], security_group_ids = [] }
  }
  expect_failures = [var.network]
}

run "expression" {
  command = plan
  variables {
    schedules = { a = { expression = "daily" } }
  }
  expect_failures = [var.schedules]
}

run "count" {
  command = plan
  variables {
    schedules = { a = { expression = "rate(1 day)", count = 11 } }
  }
  expect_failures = [var.schedules]
}

run "event" {
  command = plan
  variables {
    events = { a = { pattern = "sync" } }
  }
  expect_failures = [var.events]
}

run "event_path" {
  command = plan
  variables {
    events = { a = { pattern = "{}", variables = { KEY = "detail.key" } } }
  }
  expect_failures = [var.events]
}

run "role_path" {
  command = plan
  variables {
    role_path = "apps/"
  }
  expect_failures = [var.role_path]
}

run "permissions_boundary" {
  command = plan
  variables {
    permissions_boundary = "boundary"
  }
  expect_failures = [var.permissions_boundary]
}
