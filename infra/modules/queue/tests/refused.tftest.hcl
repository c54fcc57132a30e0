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
    message_retention_seconds = 1209601
  }
  expect_failures = [var.message_retention_seconds]
}

run "visibility" {
  command = plan
  variables {
    visibility_timeout_seconds = 43201
  }
  expect_failures = [var.visibility_timeout_seconds]
}

run "wait" {
  command = plan
  variables {
    receive_wait_time_seconds = 21
  }
  expect_failures = [var.receive_wait_time_seconds]
}

run "tries" {
  command = plan
  variables {
    max_receive_count = 1001
  }
  expect_failures = [var.max_receive_count]
}

run "alarm" {
  command = plan
  variables {
    alarms = { age_seconds = -1 }
  }
  expect_failures = [var.alarms]
}
