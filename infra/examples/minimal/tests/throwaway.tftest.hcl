mock_provider "aws" {
  source = "../../mocks"
}

# Any file is enough for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "data_is_kept" {
  assert {
    condition     = module.database.deletion_protection && can(regex("-final-[0-9a-f]{8}$", module.database.final_snapshot_identifier))
    error_message = "Protected from deletion, and with a final snapshot."
  }
}

run "data_is_thrown_away" {
  variables {
    throwaway = true
  }
  assert {
    condition     = !module.database.deletion_protection && module.database.final_snapshot_identifier == null
    error_message = "One switch, and nothing is left."
  }
}
