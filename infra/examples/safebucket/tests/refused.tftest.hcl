mock_provider "aws" {
  source = "../../mocks"
}

# Any file is enough for a mocked function.
variables {
  waker_zip = "versions.tf"
}

# Plans of an applied state: the waker's checks read an existing load balancer.
run "made" {
}

run "project_name" {
  command = plan
  variables {
    project_name = "Safebucket"
  }
  expect_failures = [var.project_name]
}

run "environment" {
  command = plan
  variables {
    environment = "pre-production"
  }
  expect_failures = [var.environment]
}

run "name" {
  command = plan
  variables {
    name = "a-name-that-is-longer-than-28"
  }
  expect_failures = [var.name]
}

run "min_tasks" {
  command = plan
  variables {
    min_tasks = 0
  }
  expect_failures = [var.min_tasks]
}
