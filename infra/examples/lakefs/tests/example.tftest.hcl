mock_provider "aws" {
  source = "../../mocks"
}

# Any file is enough for a mocked function.
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
  assert {
    condition     = module.database.deletion_protection && can(regex("^lakefs-final-[0-9a-f]{8}$", output.final_snapshot_identifier)) && module.database.password_rotates_after_days == 365
    error_message = "The database is kept, and its password stays for a year."
  }
  assert {
    condition     = !can(jsondecode(output.waker_config).environments[0].never_sleep) && !can(jsondecode(output.waker_config).environments[0].schedule)
    error_message = "It sleeps by use alone."
  }
}

run "lakefs_awake_in_business_hours_with_a_dsn_of_its_own" {
  variables {
    schedule       = [{ days = ["mon"], from = "08:00", to = "18:00", time_zone = "Europe/Berlin" }]
    aurora         = { business_hours = { from = "07:00", to = "17:00" } }
    dsn_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:lakefs-dsn-AbCdEf:dsn::"
    min_tasks      = 2
    throwaway      = true
    tags           = { Team = "data" }
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].schedule == [{ days = ["mon"], from = "08:00", to = "18:00", time_zone = "Europe/Berlin" }] && jsondecode(output.waker_config).environments[0].services[0].count == 2
    error_message = "The waker keeps it awake, with two tasks."
  }
  assert {
    condition     = length(setintersection(one([for statement in jsondecode(output.task_policy).Statement : statement.Resource if statement.Sid == "Secrets"]), ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:lakefs-dsn-AbCdEf"])) == 1 && local.dsn == { LAKEFS_DATABASE_POSTGRES_CONNECTION_STRING = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:lakefs-dsn-AbCdEf:dsn::" }
    error_message = "The DSN comes from its secret, which the task may read."
  }
  assert {
    condition     = !module.database.deletion_protection && output.final_snapshot_identifier == null
    error_message = "It may be thrown away."
  }
}

run "lakefs_that_never_sleeps" {
  variables {
    never_sleep = true
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].never_sleep
    error_message = "Scale to zero is an option."
  }
}

run "lakefs_without_a_cold_database_and_with_an_idle_alarm" {
  variables {
    aurora       = { min_capacity = 1, max_capacity = 4 }
    idle_minutes = 30
  }
  assert {
    condition     = output.service_name == "lakefs"
    error_message = "Both are taken."
  }
}
