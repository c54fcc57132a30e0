mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name                = "web"
  cluster_arn         = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
  task_definition_arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1"
  network             = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], assign_public_ip = true }
  load_balancer = {
    port              = 8080
    security_group_id = "sg-00000000000000001"
    arn_suffix        = "app/alb/1"
  }
  listener_rule_arns = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/anchor"]
}

run "name" {
  command = plan
  variables {
    name = "Web"
  }
  expect_failures = [var.name]
}

run "cluster" {
  command = plan
  variables {
    cluster_arn = "staging"
  }
  expect_failures = [var.cluster_arn]
}

run "no_subnet" {
  command = plan
  variables {
    network = { vpc_id = "vpc-1", subnet_ids = [] }
  }
  expect_failures = [var.network]
}

run "port" {
  command = plan
  variables {
    load_balancer = { port = 0, security_group_id = "sg-1" }
  }
  expect_failures = [var.load_balancer]
}

run "protocol" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", protocol_version = "HTTP3" }
  }
  expect_failures = [var.load_balancer]
}

run "health_slower_than_its_interval" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", health_check = { timeout = 5 } }
  }
  expect_failures = [var.load_balancer]
}

run "healthy_after" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", health_check = { healthy_threshold = 1 } }
  }
  expect_failures = [var.load_balancer]
}

run "health_path" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", health_check = { path = "health" } }
  }
  expect_failures = [var.load_balancer]
}

run "slow_start" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", slow_start = 10 }
  }
  expect_failures = [var.load_balancer]
}

run "deregistration" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", deregistration_delay = 3601 }
  }
  expect_failures = [var.load_balancer]
}

run "grace" {
  command = plan
  variables {
    health_check_grace_period_seconds = 29
  }
  expect_failures = [aws_ecs_service.rolling[0]]
}

run "grace_below_zero" {
  command = plan
  variables {
    health_check_grace_period_seconds = -1
  }
  expect_failures = [var.health_check_grace_period_seconds]
}

run "protocol_towards_the_tasks" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", protocol = "TCP" }
  }
  expect_failures = [var.load_balancer]
}

run "two_target_groups" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/mine/1" }
  }
  expect_failures = [var.load_balancer]
}

run "no_target_group" {
  command = plan
  variables {
    load_balancer = { port = 8080, security_group_id = "sg-1", create_target_group = false }
  }
  expect_failures = [var.load_balancer]
}

run "no_security_group" {
  command = plan
  variables {
    create_security_group = false
  }
  # A service without one would have the VPC's default group.
  expect_failures = [aws_ecs_service.rolling[0]]
}

run "a_load_balancer_that_is_not_let_in" {
  command = plan
  variables {
    load_balancer = { port = 8080 }
  }
  expect_failures = [aws_vpc_security_group_ingress_rule.load_balancer[0]]
}

run "triggers_that_trigger_nothing" {
  command = plan
  variables {
    triggers = { image = "sha256:1" }
  }
  expect_failures = [aws_ecs_service.rolling[0]]
}

run "triggers_with_code_deploy" {
  command = plan
  variables {
    deployment           = { controller = "CODE_DEPLOY" }
    force_new_deployment = true
  }
  expect_failures = [aws_ecs_service.code_deploy[0]]
}

run "ingress_of_nobody" {
  command = plan
  variables {
    ingress = { a = { port = 80 } }
  }
  expect_failures = [var.ingress]
}

run "ingress_port" {
  command = plan
  variables {
    ingress = { a = { port = 0, cidr = "10.0.0.0/8" } }
  }
  expect_failures = [var.ingress]
}

run "spot" {
  command = plan
  variables {
    spot_percent = 101
  }
  expect_failures = [var.spot_percent]
}

run "count" {
  command = plan
  variables {
    initial_count = -1
  }
  expect_failures = [var.initial_count]
}

run "controller" {
  command = plan
  variables {
    deployment = { controller = "EXTERNAL" }
  }
  expect_failures = [var.deployment]
}

run "percent" {
  command = plan
  variables {
    deployment = { minimum_healthy_percent = 100, maximum_percent = 100 }
  }
  expect_failures = [var.deployment]
}

run "ttl" {
  command = plan
  variables {
    discovery = { namespace_id = "ns-1", ttl_seconds = 301 }
  }
  expect_failures = [var.discovery]
}

run "minimum_with_an_idle_alarm" {
  command = plan
  variables {
    autoscaling = { min_capacity = 1, max_capacity = 2, idle_minutes = 30 }
  }
  expect_failures = [var.autoscaling]
}

run "maximum_of_none" {
  command = plan
  variables {
    autoscaling = { max_capacity = 0 }
  }
  expect_failures = [var.autoscaling]
}

run "scaling_by" {
  command = plan
  variables {
    autoscaling = { max_capacity = 2, by = "magic" }
  }
  expect_failures = [var.autoscaling]
}

run "cpu" {
  command = plan
  variables {
    autoscaling = { max_capacity = 2, cpu = 101 }
  }
  expect_failures = [var.autoscaling]
}

run "steps_by_requests" {
  command = plan
  variables {
    autoscaling = { max_capacity = 2, by = "step", requests = 10 }
  }
  expect_failures = [var.autoscaling]
}

run "idle_minutes" {
  command = plan
  variables {
    autoscaling = { min_capacity = 0, max_capacity = 2, idle_minutes = 0 }
  }
  expect_failures = [var.autoscaling]
}

run "alarm_cpu" {
  command = plan
  variables {
    alarms = { cpu = 101 }
  }
  expect_failures = [var.alarms]
}

run "alarm_missing" {
  command = plan
  variables {
    alarms = { missing_minutes = -1 }
  }
  expect_failures = [var.alarms]
}

run "requests_of_an_unknown_load_balancer" {
  command = plan
  variables {
    autoscaling   = { max_capacity = 2, requests = 10 }
    load_balancer = { port = 8080, security_group_id = "sg-1" }
  }
  expect_failures = [aws_appautoscaling_policy.target["ALBRequestCountPerTarget"]]
}

run "idle_at_an_unknown_load_balancer" {
  command = plan
  variables {
    autoscaling   = { min_capacity = 0, max_capacity = 2, idle_minutes = 10 }
    load_balancer = { port = 8080, security_group_id = "sg-1" }
  }
  expect_failures = [aws_cloudwatch_metric_alarm.idle]
}

run "errors_of_an_unknown_load_balancer" {
  command = plan
  variables {
    alarms        = {}
    load_balancer = { port = 8080, security_group_id = "sg-1" }
  }
  expect_failures = [aws_cloudwatch_metric_alarm.service["errors"]]
}

run "code_deploy_without_load_balancer" {
  command = plan
  variables {
    deployment    = { controller = "CODE_DEPLOY" }
    load_balancer = null
  }
  expect_failures = [aws_ecs_service.code_deploy]
}

run "code_deploy_with_discovery" {
  command = plan
  variables {
    deployment = { controller = "CODE_DEPLOY" }
    discovery  = { namespace_id = "ns-1" }
  }
  expect_failures = [aws_ecs_service.code_deploy]
}
