mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "work"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
}

run "name" {
  command = plan
  variables {
    name = "Work"
  }
  expect_failures = [var.name]
}

run "subnets" {
  command = plan
  variables {
    network = { vpc_id = "vpc-1", subnet_ids = [] }
  }
  expect_failures = [var.network]
}

run "performance" {
  command = plan
  variables {
    performance_mode = "fast"
  }
  expect_failures = [var.performance_mode]
}

run "throughput" {
  command = plan
  variables {
    throughput_mode = "much"
  }
  expect_failures = [var.throughput_mode]
}

run "provisioned_without_number" {
  command = plan
  variables {
    throughput_mode = "provisioned"
  }
  expect_failures = [aws_efs_file_system.this]
}

run "number_without_provisioned" {
  command = plan
  variables {
    provisioned_throughput_in_mibps = 100
  }
  expect_failures = [aws_efs_file_system.this]
}

run "access_point" {
  command = plan
  variables {
    access_points = { a = { path = "work" } }
  }
  expect_failures = [var.access_points]
}

run "access_point_mode" {
  command = plan
  variables {
    access_points = { a = { path = "/work", mode = "rwx" } }
  }
  expect_failures = [var.access_points]
}

run "infrequent" {
  command = plan
  variables {
    infrequent_after_days = 3
  }
  expect_failures = [var.infrequent_after_days]
}

run "too_much_throughput" {
  command = plan
  variables {
    throughput_mode                 = "provisioned"
    provisioned_throughput_in_mibps = 4000
  }
  expect_failures = [var.provisioned_throughput_in_mibps]
}
