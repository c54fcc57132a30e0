mock_provider "aws" {
  source = "../../mocks"
}

override_data {
  target = module.waker.data.aws_lb.of["n8n"]
  values = {
    idle_timeout = 185
  }
}

# Any file is enough for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "queue_mode" {
  assert {
    condition     = output.url == "https://n8n.example.com" && output.service_names == { main = "n8n", worker = "n8n-worker" }
    error_message = "Under its host, as two services."
  }
  assert {
    condition     = [for service in jsondecode(output.waker_config).environments[0].services : [service.service, try(service.count, 1), try(service.optional, false)]] == [["n8n", 1, false], ["n8n-worker", 1, true]]
    error_message = "The editor answers without the worker."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].hold_seconds == 180 && jsondecode(output.waker_config).environments[0].idle_timeout_seconds == 185
    error_message = "A webhook is held as long as a wake takes, and the load balancer lets it."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database.probe.data_api.database == "n8n" && jsondecode(output.waker_config).environments[0].idle_after_seconds == 3600
    error_message = "The database by the Data API, and an hour of silence."
  }
  assert {
    condition     = strcontains(module.task["worker"].task_policy_json, ":secret:n8n-encryption-key-AbCdEf\"")
    error_message = "The worker may read the encryption key."
  }
  assert {
    condition     = module.task["worker"].task_policy_json == module.task["main"].task_policy_json
    error_message = "Main service and worker need the same."
  }
}

run "awake_for_its_own_schedules" {
  variables {
    workers  = 2
    hosts    = []
    schedule = [{ days = ["mon"], from = "06:00", to = "07:00", time_zone = "Europe/Berlin" }]
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].schedule[0].from == "06:00" && jsondecode(output.waker_config).environments[0].services[1].count == 2
    error_message = "The waker keeps it awake, with two workers."
  }
}
