mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name           = "api"
  cluster_arn    = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
  service_name   = "api"
  role_arns      = ["arn:aws:iam::111122223333:role/api-task", "arn:aws:iam::111122223333:role/api-execution"]
  listener_arn   = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
  spare_priority = 110
  blue           = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/blue/1", name = "blue" }
  green          = { vpc_id = "vpc-1", port = 8000 }
}

run "name" {
  command = plan
  variables {
    name = "Api"
  }
  expect_failures = [var.name]
}

run "cluster" {
  command = plan
  variables {
    cluster_arn = "prod"
  }
  expect_failures = [var.cluster_arn]
}

run "roles" {
  command = plan
  variables {
    role_arns = ["api-task"]
  }
  expect_failures = [var.role_arns]
}

run "listener" {
  command = plan
  variables {
    listener_arn = "alb"
  }
  expect_failures = [var.listener_arn]
}

run "priority" {
  command = plan
  variables {
    spare_priority = 0
  }
  expect_failures = [var.spare_priority]
}

run "port" {
  command = plan
  variables {
    green = { vpc_id = "vpc-1", port = 0 }
  }
  expect_failures = [var.green]
}

run "health_slower_than_its_interval" {
  command = plan
  variables {
    green = { vpc_id = "vpc-1", port = 8000, health_check = { timeout = 5 } }
  }
  expect_failures = [var.green]
}

run "health_interval" {
  command = plan
  variables {
    green = { vpc_id = "vpc-1", port = 8000, health_check = { interval = 4 } }
  }
  expect_failures = [var.green]
}

run "live" {
  command = plan
  variables {
    live = "red"
  }
  expect_failures = [var.live]
}

run "shift" {
  command = plan
  variables {
    deployment_config_name = "all at once"
  }
  expect_failures = [var.deployment_config_name]
}

run "old_tasks" {
  command = plan
  variables {
    termination_wait_time_in_minutes = 2881
  }
  expect_failures = [var.termination_wait_time_in_minutes]
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

run "appspec" {
  command = plan
  variables {
    appspec_arns = ["arn:aws:s3:::releases"]
  }
  expect_failures = [var.appspec_arns]
}
