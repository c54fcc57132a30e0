mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "events"
}

run "name" {
  command = plan
  variables {
    name = "a b"
  }
  expect_failures = [var.name]
}

run "retention" {
  command = plan
  variables {
    retention_days = 15
  }
  expect_failures = [var.retention_days]
}

run "visibility" {
  command = plan
  variables {
    visibility_seconds = 43201
  }
  expect_failures = [var.visibility_seconds]
}

run "wait" {
  command = plan
  variables {
    wait_seconds = 21
  }
  expect_failures = [var.wait_seconds]
}

run "tries" {
  command = plan
  variables {
    tries = 1001
  }
  expect_failures = [var.tries]
}

run "alarm" {
  command = plan
  variables {
    alarms = { age_seconds = -1 }
  }
  expect_failures = [var.alarms]
}
