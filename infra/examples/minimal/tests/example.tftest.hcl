mock_provider "aws" {
  source = "../../mocks"
}

override_resource {
  target = module.waker.aws_lb_target_group.waker["app"]
  values = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/waker/1"
  }
}

override_resource {
  target = module.service.aws_lb_target_group.app[0]
  values = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
    arn_suffix = "targetgroup/app/1"
  }
}

# Any file is enough for a mocked function.
variables {
  waker_zip = "versions.tf"
}

run "the_waker_knows_the_environment" {
  assert {
    condition     = jsondecode(output.waker_config).environments[0].route.app_target_group_arn == "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" && jsondecode(output.waker_config).environments[0].route.waker_target_group_arn == "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/waker/1"
    error_message = "Both target groups."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].services[0].service == output.service_name && jsondecode(output.waker_config).environments[0].services[0].target_group_arn == jsondecode(output.waker_config).environments[0].route.app_target_group_arn
    error_message = "The service, whose target group is the app's."
  }
  assert {
    condition     = jsondecode(output.waker_config).environments[0].database.probe.data_api.resource_arn == "arn:aws:rds:eu-west-1:111122223333:cluster:made"
    error_message = "The database by the Data API."
  }
  assert {
    condition     = [for field in ["idle_after_seconds", "min_awake_seconds", "metrics_delay_seconds"] : jsondecode(output.waker_config).environments[0][field]] == [1800, 300, 180]
    error_message = "Its times, which can be set."
  }
}

run "behind_a_shared_load_balancer" {
  variables {
    hosts = ["staging.example.com"]
    shared_load_balancer = {
      listener_arn      = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/0123456789abcdef/0123456789abcdef"
      security_group_id = "sg-0123456789abcdef0"
      url               = "https://staging.example.com"
      priority          = 103
      vpc_id            = "vpc-0123456789abcdef0"
      public_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    }
  }
  assert {
    condition     = length(module.alb) == 0 && output.load_balancer_dns_name == null && output.status_url == "https://staging.example.com/.reveille/status"
    error_message = "It makes no load balancer, and answers under the shared one's address."
  }
  assert {
    condition     = module.network.vpc_id == "vpc-0123456789abcdef0" && jsondecode(output.waker_config).environments[0].hosts == ["staging.example.com"]
    error_message = "In the load balancer's VPC, for its own host."
  }
}

run "a_long_name" {
  variables {
    name = "n8n-automation-staging-of-the-platform"
    tags = { Team = "platform" }
  }
  assert {
    condition     = output.service_name == "n8n-automation-staging-of-the-platform" && output.waker_function_name == "n8n-automation-staging-of-the-platform-waker"
    error_message = "No name that comes of it is too long."
  }
}
