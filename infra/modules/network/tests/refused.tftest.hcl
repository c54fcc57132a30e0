mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "test"
}

run "name" {
  command = plan
  variables {
    name = "Test"
  }
  expect_failures = [var.name]
}

run "unknown_mode" {
  command = plan
  variables {
    vpc = { mode = "old" }
  }
  expect_failures = [var.vpc]
}

run "existing_without_id" {
  command = plan
  variables {
    vpc = { mode = "existing", public_subnet_ids = ["subnet-1", "subnet-2"] }
  }
  expect_failures = [var.vpc]
}

run "id_of_a_new_vpc" {
  command = plan
  variables {
    vpc = { id = "vpc-1" }
  }
  expect_failures = [var.vpc]
}

run "existing_with_one_subnet" {
  command = plan
  variables {
    vpc = { mode = "existing", id = "vpc-1", public_subnet_ids = ["subnet-1"] }
  }
  expect_failures = [var.vpc]
}

run "subnets_of_a_new_vpc" {
  command = plan
  variables {
    vpc = { public_subnet_ids = ["subnet-1", "subnet-2"] }
  }
  expect_failures = [var.vpc]
}

run "cidr_too_small" {
  command = plan
  variables {
    vpc = { cidr = "10.0.0.0/24" }
  }
  expect_failures = [var.vpc]
}

run "one_zone" {
  command = plan
  variables {
    vpc = { zone_count = 1 }
  }
  expect_failures = [var.vpc]
}

run "the_same_zone_twice" {
  command = plan
  variables {
    vpc = { zones = ["eu-west-1a", "eu-west-1a"] }
  }
  expect_failures = [var.vpc]
}

run "unknown_nat" {
  command = plan
  variables {
    vpc = { nat = "two", private_subnets = true }
  }
  expect_failures = [var.vpc]
}

run "private_subnets_in_the_default_vpc" {
  command = plan
  variables {
    vpc = { mode = "default", private_subnets = true }
  }
  expect_failures = [var.vpc]
}

run "nat_for_nobody" {
  command = plan
  variables {
    vpc = { nat = "single" }
  }
  expect_failures = [var.vpc]
}

run "unknown_gateway" {
  command = plan
  variables {
    endpoints = { gateway = ["logs"] }
  }
  expect_failures = [var.endpoints]
}

run "full_name_of_an_interface" {
  command = plan
  variables {
    endpoints = { interface = ["Logs!"] }
  }
  expect_failures = [var.endpoints]
}

run "flow_of_nothing" {
  command = plan
  variables {
    flow_logs = { traffic = "NONE" }
  }
  expect_failures = [var.flow_logs]
}

run "flow_every_second" {
  command = plan
  variables {
    flow_logs = { interval_seconds = 1 }
  }
  expect_failures = [var.flow_logs]
}

run "flow_for_two_days" {
  command = plan
  variables {
    flow_logs = { retention_days = 2 }
  }
  expect_failures = [var.flow_logs]
}

run "role_path" {
  command = plan
  variables {
    role_path = "apps/"
  }
  expect_failures = [var.role_path]
}

run "permissions_boundary" {
  command = plan
  variables {
    permissions_boundary = "boundary"
  }
  expect_failures = [var.permissions_boundary]
}
