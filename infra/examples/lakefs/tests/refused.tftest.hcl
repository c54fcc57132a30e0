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
