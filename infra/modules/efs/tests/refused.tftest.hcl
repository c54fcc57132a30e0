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
    performance = "fast"
  }
  expect_failures = [var.performance]
}

run "throughput" {
  command = plan
  variables {
    throughput = { mode = "much" }
  }
  expect_failures = [var.throughput]
}

run "provisioned_without_number" {
  command = plan
  variables {
    throughput = { mode = "provisioned" }
  }
  expect_failures = [var.throughput]
}

run "number_without_provisioned" {
  command = plan
  variables {
    throughput = { mibps = 100 }
  }
  expect_failures = [var.throughput]
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
