mock_provider "aws" {
  source = "../../mocks"
}

# Any file is enough for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "behind_the_api" {
  assert {
    condition     = jsondecode(output.waker_config).environments[0].hold_seconds == 25 && output.api_url == "https://abcdef1234.execute-api.eu-west-1.amazonaws.com"
    error_message = "A held caller is answered before the API's time-out."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database.stop_when_idle && output.code_deploy == null
    error_message = "The instance is stopped asleep, and deployments are rolling."
  }
}

run "blue_green_with_green_live" {
  variables {
    name       = "knowledge-bg"
    blue_green = { enabled = true, live = "green" }
  }
  assert {
    condition     = output.code_deploy.application == "knowledge-bg" && output.service_name == "knowledge-bg"
    error_message = "CodeDeploy deploys."
  }
}

run "tasks_and_replicas_of_production" {
  variables {
    name          = "knowledge-api-of-the-platform"
    autoscale_min = 2
    stop_database = false
    db_password   = "correct-horse"
    read_replicas = 1
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].services[0].count == 2 && length(output.read_replica_hosts) == 1
    error_message = "A wake starts the minimum; one replica."
  }
}

run "no_minimum" {
  command = plan
  variables {
    autoscale_min = 0
  }
  expect_failures = [var.autoscale_min]
}

run "replica_of_an_instance_that_stops" {
  command = plan
  variables {
    name          = "knowledge-api-of-the-platform"
    db_password   = "correct-horse"
    read_replicas = 1
  }
  expect_failures = [output.read_replica_hosts]
}
