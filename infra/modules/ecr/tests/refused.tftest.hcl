mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "team/app"
}

run "name" {
  command = plan
  variables {
    name = "Team"
  }
  expect_failures = [var.name]
}

run "keep" {
  command = plan
  variables {
    keep_images = 0
  }
  expect_failures = [var.keep_images]
}

run "untagged" {
  command = plan
  variables {
    untagged_days = 0
  }
  expect_failures = [var.untagged_days]
}

run "account" {
  command = plan
  variables {
    pull_accounts = ["me"]
  }
  expect_failures = [var.pull_accounts]
}
