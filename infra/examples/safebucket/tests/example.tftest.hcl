mock_provider "aws" {
  source = "../../mocks"
}

# Any file will do for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "three_services_that_wake_together" {
  assert {
    condition     = [for service in jsondecode(output.waker_config).environments[0].services : [service.service, try(service.optional, false)]] == [["safebucket", false], ["safebucket-loki", false], ["safebucket-mailpit", true]]
    error_message = "Safebucket needs Loki; Mailpit may come later."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "made", stop_when_idle = true }
    error_message = "The instance is stopped asleep."
  }
  assert {
    condition     = output.infrastructure_summary.logs == ["/ecs/safebucket-safebucket", "/ecs/safebucket-loki", "/ecs/safebucket-mailpit"] && output.instance_profile_name == null
    error_message = "A log group each."
  }
}

run "with_everything" {
  variables {
    ec2          = true
    max_tasks    = 5
    exec         = true
    spot_percent = { safebucket = 100, loki = 50 }
    database     = { stop_when_idle = false }
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "made" } && output.instance_profile_name == "safebucket-ec2"
    error_message = "The instance runs on, and EC2 has its profile."
  }
}
