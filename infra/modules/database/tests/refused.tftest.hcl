mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "test"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
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
    backup = { days = 36 }
  }
  expect_failures = [var.backup]
}

run "backup_window" {
  command = plan
  variables {
    backup = { window = "3-4" }
  }
  expect_failures = [var.backup]
}

run "maintenance_window" {
  command = plan
  variables {
    maintenance = { window = "sunday" }
  }
  expect_failures = [var.maintenance]
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
    aurora = { min = 0.25 }
  }
  expect_failures = [var.aurora]
}

run "max_below_min" {
  command = plan
  variables {
    aurora = { min = 4, max = 2 }
  }
  expect_failures = [var.aurora]
}

run "pause" {
  command = plan
  variables {
    aurora = { pause_after_seconds = 60 }
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
    instance = { class = "db.serverless" }
  }
  expect_failures = [var.instance]
}

run "storage" {
  command = plan
  variables {
    instance = { storage = 200, max_storage = 100 }
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
    backup = { days = 0 }
  }
  expect_failures = [aws_rds_cluster.this]
}
