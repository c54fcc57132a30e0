mock_provider "aws" {
  source = "../../mocks"
}

# Any file will do for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "in_production" {
  variables {
    alarm_emails = ["ops@example.com"]
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].services[0].count == 2 && jsondecode(output.waker_config).environments[0].hosts == ["trust.example.com"]
    error_message = "Two tasks a wake."
  }
  assert {
    condition     = length([for statement in jsondecode(output.waker_policy).Statement : statement if statement.Sid == "DataApiKeys"]) == 1
    error_message = "The database's secret has the environment's key."
  }
  assert {
    condition     = jsondecode(aws_kms_key.this[0].policy).Statement[1].Principal.Service == "logs.us-east-1.amazonaws.com" && aws_kms_key.this[0].enable_key_rotation
    error_message = "Logs are encrypted with it."
  }
}

run "in_development" {
  variables {
    name        = "trustdev"
    vpc         = { mode = "default" }
    size        = { cpu = 256, memory = 512 }
    awake_tasks = 1
    autoscaling = null
    spot        = true
    own_key     = false
    database    = { kind = "instance" }
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "made", stop_when_idle = true } && length(aws_kms_key.this) == 0
    error_message = "An instance that is stopped, and AWS's keys."
  }
}
