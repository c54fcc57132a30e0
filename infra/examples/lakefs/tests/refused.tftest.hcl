mock_provider "aws" {
  source = "../../mocks"
}

# Any file will do for a mocked function.
variables {
  waker_zip = "versions.tf"
}

# Plans of what is there: the checks of the waker read a load balancer that is.
run "made" {
}

run "min_tasks" {
  command = plan
  variables {
    min_tasks = 0
  }
  expect_failures = [var.min_tasks]
}

run "dsn" {
  command = plan
  variables {
    dsn_secret_arn = "postgres://"
  }
  expect_failures = [var.dsn_secret_arn]
}
