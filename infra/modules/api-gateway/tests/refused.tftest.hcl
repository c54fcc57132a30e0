mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "api"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  listener = {
    arn               = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
    security_group_id = "sg-1"
  }
}

run "name" {
  command = plan
  variables {
    name = "Api"
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

run "listener" {
  command = plan
  variables {
    listener = { arn = "alb", security_group_id = "sg-1" }
  }
  expect_failures = [var.listener]
}

run "tls_without_a_name" {
  command = plan
  variables {
    listener = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2", port = 443, security_group_id = "sg-1" }
  }
  expect_failures = [var.listener]
}

run "timeout" {
  command = plan
  variables {
    timeout_milliseconds = 30001
  }
  expect_failures = [var.timeout_milliseconds]
}

run "cors" {
  command = plan
  variables {
    cors = { allow_origins = ["*"], allow_credentials = true }
  }
  expect_failures = [var.cors]
}

run "throttle" {
  command = plan
  variables {
    throttle = { rate = 0 }
  }
  expect_failures = [var.throttle]
}

run "domain" {
  command = plan
  variables {
    domain = { name = "a.de", certificate_arn = "b" }
  }
  expect_failures = [var.domain]
}

run "log_retention" {
  command = plan
  variables {
    log_retention_days = 2
  }
  expect_failures = [var.log_retention_days]
}
