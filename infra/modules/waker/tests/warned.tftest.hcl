# The plan's warnings: each check fails if a hold would be cut, and passes otherwise. A check that
# fails and is not expected fails its run.
mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "waker"
  package = { s3_bucket = "releases", s3_key = "waker.zip" }
}

run "the_defaults_fit" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  assert {
    condition     = data.aws_lb.of["staging"].arn == "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/alb/1"
    error_message = "The load balancer is the listener's."
  }
}

run "a_long_hold_fits" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 120 }
  }
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 115
        idle_timeout_seconds = 120
      }
    }
  }
}

run "the_idle_timeout_is_lower_than_the_hold" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 60 }
  }
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 56
        idle_timeout_seconds = 61
      }
    }
  }
  expect_failures = [check.load_balancer_idle_timeout, check.idle_timeout_seconds]
}

run "the_idle_timeout_is_lower_than_the_default_hold" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 29 }
  }
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [check.load_balancer_idle_timeout, check.idle_timeout_seconds]
}

run "the_idle_timeout_is_another_one" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 30 }
  }
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [check.idle_timeout_seconds]
}

run "without_a_hold_the_idle_timeout_may_be_short" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 1 }
  }
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 0
        idle_timeout_seconds = 1
      }
    }
  }
}

run "the_load_balancer_is_not_read" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 29 }
  }
  variables {
    check_load_balancers = false
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  assert {
    condition     = length(data.aws_lb.of) == 0
    error_message = "It is not read where that is switched off."
  }
}

run "a_hold_that_extra_makes_longer_than_the_idle_timeout" {
  command = plan
  variables {
    extra = { staging = { hold_seconds = 56 } }
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [check.load_balancer_idle_timeout]
}

run "a_long_hold_behind_cloudfront" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 26
        behind               = "cloudfront"
      }
    }
  }
  expect_failures = [check.hold_behind_gateway]
}

run "a_long_hold_behind_api_gateway" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 55
        behind               = "api_gateway"
      }
    }
  }
  expect_failures = [check.hold_behind_gateway]
}

run "a_hold_that_fits_behind_api_gateway" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 25
        behind               = "api_gateway"
      }
    }
  }
}

run "the_default_hold_fits_behind_cloudfront" {
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        behind               = "cloudfront"
      }
    }
  }
  assert {
    condition     = !can(jsondecode(output.config_json).environments[0].behind)
    error_message = "The function is not told what it is behind."
  }
}

run "the_longest_hold_fits_into_the_function" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 4000 }
  }
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 840
        idle_timeout_seconds = 4000
      }
    }
  }
  assert {
    condition     = aws_lambda_function.waker.timeout == 870
    error_message = "The hold and a margin."
  }
}

run "a_hold_that_extra_makes_longer_than_the_function" {
  command = plan
  override_data {
    target = data.aws_lb.of["staging"]
    values = { idle_timeout = 4000 }
  }
  variables {
    extra = { staging = { hold_seconds = 871 } }
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        idle_timeout_seconds = 4000
      }
    }
  }
  expect_failures = [check.function_timeout]
}

run "an_account_with_little_concurrency" {
  command = plan
  variables {
    account_concurrency = 99
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [check.account_concurrency]
}

run "an_account_with_enough" {
  command = plan
  variables {
    account_concurrency            = 120
    reserved_concurrent_executions = 20
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
}
