mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "test"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  # No app logs in as the master user.
  master_user_password_rotation_automatically_after_days = 7
}

run "name" {
  command = plan
  variables {
    name = "a--b"
  }
  expect_failures = [var.name]
}

run "kind" {
  command = plan
  variables {
    kind = "mysql"
  }
  expect_failures = [var.kind]
}

run "engine_version" {
  command = plan
  variables {
    engine_version = "newest"
  }
  expect_failures = [var.engine_version]
}

run "one_subnet" {
  command = plan
  variables {
    network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1"] }
  }
  expect_failures = [var.network]
}

run "everybody" {
  command = plan
  variables {
    client_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.client_cidrs]
}

run "port" {
  command = plan
  variables {
    port = 80
  }
  expect_failures = [var.port]
}

run "database_name" {
  command = plan
  variables {
    database_name = "my-app"
  }
  expect_failures = [var.database_name]
}

run "reserved_user" {
  command = plan
  variables {
    login = { username = "postgres" }
  }
  expect_failures = [var.login]
}

run "password" {
  command = plan
  variables {
    login = { password = "a/b@c/d@e" }
  }
  expect_failures = [var.login]
}

run "backup_days" {
  command = plan
  variables {
    backup_retention_period = 36
  }
  expect_failures = [var.backup_retention_period]
}

run "backup_window" {
  command = plan
  variables {
    backup_window = "3-4"
  }
  expect_failures = [var.backup_window]
}

run "maintenance_window" {
  command = plan
  variables {
    maintenance_window = "sunday"
  }
  expect_failures = [var.maintenance_window]
}

run "monitoring" {
  command = plan
  variables {
    monitoring = { seconds = 2 }
  }
  expect_failures = [var.monitoring]
}

run "min_in_quarters" {
  command = plan
  variables {
    aurora = { min_capacity = 0.25 }
  }
  expect_failures = [var.aurora]
}

run "max_below_min" {
  command = plan
  variables {
    aurora = { min_capacity = 4, max_capacity = 2 }
  }
  expect_failures = [var.aurora]
}

run "pause" {
  command = plan
  variables {
    aurora = { seconds_until_auto_pause = 60 }
  }
  expect_failures = [var.aurora]
}

run "readers" {
  command = plan
  variables {
    aurora = { readers = 16 }
  }
  expect_failures = [var.aurora]
}

run "class" {
  command = plan
  variables {
    instance = { instance_class = "db.serverless" }
  }
  expect_failures = [var.instance]
}

run "storage" {
  command = plan
  variables {
    instance = { allocated_storage = 200, max_allocated_storage = 100 }
  }
  expect_failures = [var.instance]
}

run "alarm" {
  command = plan
  variables {
    alarms = { cpu = 101 }
  }
  expect_failures = [var.alarms]
}

run "too_old_to_pause" {
  command = plan
  variables {
    engine_version = "15.4"
  }
  expect_failures = [aws_rds_cluster.this]
}

run "aurora_without_backup" {
  command = plan
  variables {
    backup_retention_period = 0
  }
  expect_failures = [aws_rds_cluster.this]
}

run "an_exact_version_that_aws_raises" {
  command = plan
  variables {
    engine_version             = "16.8"
    auto_minor_version_upgrade = true
  }
  expect_failures = [terraform_data.version]
}

run "a_major_version_that_waits" {
  command = plan
  variables {
    engine_version              = "17"
    allow_major_version_upgrade = true
  }
  expect_failures = [terraform_data.version]
}

run "rotation_never" {
  command = plan
  variables {
    master_user_password_rotation_automatically_after_days = 0
  }
  expect_failures = [var.master_user_password_rotation_automatically_after_days]
}

run "rotation_in_three_years" {
  command = plan
  variables {
    master_user_password_rotation_automatically_after_days = 1001
  }
  expect_failures = [var.master_user_password_rotation_automatically_after_days]
}

run "final_snapshot" {
  command = plan
  variables {
    final_snapshot_identifier = "the--end"
  }
  expect_failures = [var.final_snapshot_identifier]
}

run "path" {
  command = plan
  variables {
    role_path = "team"
  }
  expect_failures = [var.role_path]
}

run "log_retention" {
  command = plan
  variables {
    monitoring = { logs = true, log_retention_days = 2 }
  }
  expect_failures = [var.monitoring]
}

run "connections" {
  command = plan
  variables {
    alarms = { connections = -1 }
  }
  expect_failures = [var.alarms]
}

run "hours_on_no_day" {
  command = plan
  variables {
    aurora = { business_hours = { days = ["monday"], from = "08:00", to = "18:00" } }
  }
  expect_failures = [var.aurora]
}

run "hours_backwards" {
  command = plan
  variables {
    aurora = { business_hours = { from = "18:00", to = "08:00" } }
  }
  expect_failures = [var.aurora]
}

run "hours_without_minutes" {
  command = plan
  variables {
    aurora = { business_hours = { from = "8", to = "18" } }
  }
  expect_failures = [var.aurora]
}

run "hours_above_max" {
  command = plan
  variables {
    aurora = { max_capacity = 2, business_hours = { from = "08:00", to = "18:00", min_capacity = 4 } }
  }
  expect_failures = [var.aurora]
}

run "hours_that_change_nothing" {
  command = plan
  variables {
    aurora = { min_capacity = 1, business_hours = { from = "08:00", to = "18:00" } }
  }
  expect_failures = [var.aurora]
}

run "boundary" {
  command = plan
  variables {
    permissions_boundary = "boundary"
  }
  expect_failures = [var.permissions_boundary]
}

run "half_a_replica" {
  command = plan
  variables {
    kind     = "instance"
    instance = { read_replicas = 0.5 }
  }
  expect_failures = [var.instance]
}

run "replica_of_a_managed_password" {
  command = plan
  variables {
    kind     = "instance"
    instance = { read_replicas = 1 }
  }
  expect_failures = [aws_db_instance.replica[0]]
}

run "replica_without_backups" {
  command = plan
  variables {
    kind                                                   = "instance"
    login                                                  = { username = "app", password = "correct-horse" }
    backup_retention_period                                = 0
    instance                                               = { read_replicas = 1 }
    master_user_password_rotation_automatically_after_days = null
  }
  expect_failures = [aws_db_instance.replica[0]]
}
