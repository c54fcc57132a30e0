mock_provider "aws" {
  source = "../../mocks"
}

# Any file is enough for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "three_services_that_wake_together" {
  assert {
    condition     = [for service in jsondecode(output.waker_config).environments[0].services : [service.service, try(service.optional, false)]] == [["safebucket-dev-safebucket", false], ["safebucket-dev-loki", false], ["safebucket-dev-mailpit", true]]
    error_message = "Safebucket needs Loki; Mailpit may come later."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "made", stop_when_idle = true }
    error_message = "The instance is stopped asleep."
  }
  assert {
    condition     = output.infrastructure_summary.logs == ["/ecs/safebucket-dev-safebucket", "/ecs/safebucket-dev-loki", "/ecs/safebucket-dev-mailpit"] && output.ecs_cluster_name == "safebucket-dev-cluster" && output.instance_profile_name == null
    error_message = "A log group each."
  }
  assert {
    condition     = output.rds_endpoint == "made.abc.eu-west-1.rds.amazonaws.com:5432" && output.rds_address == "made.abc.eu-west-1.rds.amazonaws.com"
    error_message = "Host and port in one."
  }
  assert {
    condition     = output.infrastructure_summary.queues == { events = "safebucket-s3-events-dev", notifications = "safebucket-notifications-dev" }
    error_message = "The queues by the names that were given."
  }
  assert {
    condition     = output.infrastructure_summary.kept.deletion_protection && can(regex("^safebucket-dev-final-", output.infrastructure_summary.kept.rds)) && can(regex("^safebucket-dev-final-", output.infrastructure_summary.kept.redis))
    error_message = "Database and cache are kept."
  }
  assert {
    condition     = output.loki_url == "http://loki.safebucket-dev.internal:3100" && output.internal_alb_dns_name == null && toset(keys(local.redis_login)) == toset(["CACHE__REDIS__PASSWORD", "CACHE__REDIS__USERNAME"])
    error_message = "Loki by its name in Cloud Map, Redis with a login."
  }
}

run "in_development" {
  variables {
    throwaway    = true
    database     = { backup_retention_period = 1 }
    cache        = { snapshot_retention_limit = 0, log_retention_days = 3 }
    spot_percent = { safebucket = 100, loki = 100, mailpit = 100 }
    exec         = true
  }
  assert {
    condition     = !output.infrastructure_summary.kept.deletion_protection && output.infrastructure_summary.kept.rds == null && output.infrastructure_summary.kept.redis == null
    error_message = "Nothing is left."
  }
}

run "in_production" {
  variables {
    environment        = "production"
    database           = { instance_class = "db.t4g.medium", backup_retention_period = 30, stop_when_idle = false, skip_final_snapshot = true }
    enable_autoscaling = true
    min_tasks          = 2
    max_tasks          = 5
    awake_tasks        = 2
    schedule           = [{ days = ["mon"], from = "08:00", to = "18:00", time_zone = "Europe/Berlin" }]
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database == { kind = "instance", identifier = "made" } && jsondecode(output.waker_config).environments[0].services[0].count == 2 && length(jsondecode(output.waker_config).environments[0].schedule) == 1
    error_message = "The instance runs on, and two tasks are awake by the schedule."
  }
  assert {
    condition     = output.infrastructure_summary.kept.deletion_protection && output.infrastructure_summary.kept.rds == null
    error_message = "Each of the two settings goes before throwaway."
  }
  assert {
    condition     = output.ecs_cluster_name == "safebucket-production-cluster"
    error_message = "Project and environment."
  }
}

run "with_everything" {
  variables {
    name                   = "files"
    ec2                    = true
    exec                   = true
    never_sleep            = true
    internal_load_balancer = true
    interface_endpoints    = ["sqs"]
    one_queue_for_events   = true
    data_client_cidrs      = ["172.31.0.0/16"]
    loki_health_command    = ["CMD", "/usr/bin/loki", "-health"]
    cache                  = { auth_token_enabled = false }
    tags                   = { Team = "files" }
  }
  assert {
    condition     = output.instance_profile_name == "files-ec2" && jsondecode(output.waker_config).environments[0].never_sleep
    error_message = "EC2 has its profile."
  }
  assert {
    condition     = output.loki_url == "http://alb-1.eu-west-1.elb.amazonaws.com:3100" && output.internal_alb_dns_name == "alb-1.eu-west-1.elb.amazonaws.com" && can(jsondecode(output.waker_config).environments[0].services[1].target_group_arn)
    error_message = "Loki behind a load balancer of its own, which the waker waits for."
  }
  assert {
    condition     = output.redis_secret_arn == null && length(local.redis_login) == 0
    error_message = "Redis without a login."
  }
}
