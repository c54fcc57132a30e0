mock_provider "aws" {
  source = "../../mocks"
}

# Any file will do for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "lakefs" {
  assert {
    condition     = jsondecode(output.waker_config).environments[0].services[0].service == "lakefs" && jsondecode(output.waker_config).environments[0].database.probe.data_api.database == "lakefs"
    error_message = "Service and database wake together."
  }
  assert {
    condition     = output.storage_namespace == "s3://example-lakefs-blocks/lakefs/"
    error_message = "Where repositories go."
  }
  assert {
    condition     = one([for statement in jsondecode(output.task_policy).Statement : statement.Resource if statement.Sid == "UseBlocks"]) == ["arn:aws:s3:::made/lakefs/*"]
    error_message = "The task role has the prefix and no more."
  }
}

run "lakefs_without_a_cold_database_and_with_an_idle_alarm" {
  variables {
    aurora       = { min = 1, max = 4 }
    idle_minutes = 30
  }
  assert {
    condition     = output.service_name == "lakefs"
    error_message = "Both are taken."
  }
}
