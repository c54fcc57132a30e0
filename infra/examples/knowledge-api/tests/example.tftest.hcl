mock_provider "aws" {
  source = "../../mocks"
}

# Any file will do for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "behind_the_api" {
  assert {
    condition     = jsondecode(output.waker_config).environments[0].hold_seconds == 25 && output.api_url == "https://abcdef1234.execute-api.eu-west-1.amazonaws.com"
    error_message = "Whoever is held is answered before the API gives up."
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
