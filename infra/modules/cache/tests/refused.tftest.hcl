mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "cache"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  login   = { password = "a-long-password-of-32-characters" }
}

run "name" {
  command = plan
  variables {
    name = "Cache"
  }
  expect_failures = [var.name]
}

run "subnets" {
  command = plan
  variables {
    network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1"] }
  }
  expect_failures = [var.network]
}

run "engine" {
  command = plan
  variables {
    engine = "memcached"
  }
  expect_failures = [var.engine]
}

run "engine_version" {
  command = plan
  variables {
    engine_version = "new"
  }
  expect_failures = [var.engine_version]
}

run "node_type" {
  command = plan
  variables {
    node_type = "t3.micro"
  }
  expect_failures = [var.node_type]
}

run "nodes" {
  command = plan
  variables {
    num_cache_clusters = 7
  }
  expect_failures = [var.num_cache_clusters]
}

run "password" {
  command = plan
  variables {
    login = { password = "short" }
  }
  expect_failures = [var.login]
}

run "user" {
  command = plan
  variables {
    login = { username = "default", password = "a-long-password-of-32-characters" }
  }
  expect_failures = [var.login]
}

run "eviction" {
  command = plan
  variables {
    eviction = "sometimes"
  }
  expect_failures = [var.eviction]
}

run "snapshot_days" {
  command = plan
  variables {
    snapshot_retention_limit = 36
  }
  expect_failures = [var.snapshot_retention_limit]
}

run "snapshot_window" {
  command = plan
  variables {
    snapshot_window = "3-5"
  }
  expect_failures = [var.snapshot_window]
}

run "maintenance" {
  command = plan
  variables {
    maintenance_window = "sunday"
  }
  expect_failures = [var.maintenance_window]
}

run "log_retention" {
  command = plan
  variables {
    log_retention_days = 2
  }
  expect_failures = [var.log_retention_days]
}

run "authentication" {
  command = plan
  variables {
    authentication = "iam"
  }
  expect_failures = [var.authentication]
}

run "token_with_other_characters" {
  command = plan
  variables {
    authentication = "token"
    login          = { password = "a-long-password*of%32-characters!" }
  }
  expect_failures = [terraform_data.token]
}

run "access" {
  command = plan
  variables {
    login = { password = "a-long-password-of-32-characters", access = "+@all" }
  }
  expect_failures = [var.login]
}

run "final_snapshot" {
  command = plan
  variables {
    final_snapshot_identifier = "The-End"
  }
  expect_failures = [var.final_snapshot_identifier]
}

run "alarms" {
  command = plan
  variables {
    alarms = { memory = 101 }
  }
  expect_failures = [var.alarms]
}

run "everyone" {
  command = plan
  variables {
    client_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.client_cidrs]
}
