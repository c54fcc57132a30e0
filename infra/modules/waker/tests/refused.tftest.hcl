mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "waker"
  package = { s3_bucket = "releases", s3_key = "waker.zip" }
  environments = {
    staging = {
      listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
      priority             = 100
      app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
      services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
    }
  }
}

run "name_too_long" {
  command = plan
  variables {
    name = "a-name-with-so-many-characters-that-a-rule-is-too-long"
  }
  expect_failures = [var.name]
}

run "no_package" {
  command = plan
  variables {
    package = {}
  }
  expect_failures = [var.package]
}

run "two_packages" {
  command = plan
  variables {
    package = { file = "a.zip", s3_bucket = "b", s3_key = "c" }
  }
  expect_failures = [var.package]
}

run "bucket_without_key" {
  command = plan
  variables {
    package = { s3_bucket = "b" }
  }
  expect_failures = [var.package]
}

run "version_without_key" {
  command = plan
  variables {
    package = { file = "a.zip", s3_object_version = "1" }
  }
  expect_failures = [var.package]
}

run "zip_that_is_not_there" {
  command = plan
  variables {
    package = { file = "no-such.zip" }
  }
  expect_failures = [aws_lambda_function.waker]
}

run "cpu_architecture" {
  command = plan
  variables {
    cpu_architecture = "arm64"
  }
  expect_failures = [var.cpu_architecture]
}

run "memory" {
  command = plan
  variables {
    memory_size = 64
  }
  expect_failures = [var.memory_size]
}

run "concurrency_of_one" {
  command = plan
  variables {
    reserved_concurrent_executions = 1
  }
  expect_failures = [var.reserved_concurrent_executions]
}

run "log_level" {
  command = plan
  variables {
    log_level = "LOUD"
  }
  expect_failures = [var.log_level]
}

run "log_retention" {
  command = plan
  variables {
    log_retention_days = 2
  }
  expect_failures = [var.log_retention_days]
}

run "own_config_variable" {
  command = plan
  variables {
    environment_variables = { WAKER_CONFIG = "{}" }
  }
  expect_failures = [var.environment_variables]
}

run "config_outside_of_opt" {
  command = plan
  variables {
    config_layer = { arn = "arn:aws:lambda:eu-west-1:111122223333:layer:a:1", file = "/tmp/a" }
  }
  expect_failures = [var.config_layer]
}

run "vpc_without_subnets" {
  command = plan
  variables {
    vpc = { id = "vpc-1", subnet_ids = [] }
  }
  expect_failures = [var.vpc]
}

run "vpc_without_any_group" {
  command = plan
  variables {
    vpc = { id = "vpc-1", subnet_ids = ["subnet-1"], create_security_group = false }
  }
  expect_failures = [var.vpc]
}

run "vpc_block" {
  command = plan
  variables {
    vpc = { id = "vpc-1", subnet_ids = ["subnet-1"], database_cidrs = ["10.0.0.0"] }
  }
  expect_failures = [var.vpc]
}

run "role_path" {
  command = plan
  variables {
    role_path = "apps"
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

run "event_pattern_quota" {
  command = plan
  variables {
    event_pattern_quota = 4097
  }
  expect_failures = [var.event_pattern_quota]
}

run "tick" {
  command = plan
  variables {
    tick = { expression = "every minute" }
  }
  expect_failures = [var.tick]
}

run "extra_that_is_no_object" {
  command = plan
  variables {
    extra = "dark"
  }
  expect_failures = [var.extra]
}

run "no_environment" {
  command = plan
  variables {
    environments = {}
  }
  expect_failures = [var.environments]
}

run "environment_name" {
  command = plan
  variables {
    environments = {
      Staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "listener" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/nlb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "priority" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 49999
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "priorities_too_near" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hosts                = ["a.example.com"]
      }
      other = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 102
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hosts                = ["b.example.com"]
      }
    }
  }
  expect_failures = [var.environments]
}

run "two_without_hosts" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
      other = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 200
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]

      }
    }
  }
  expect_failures = [var.environments]
}

run "host_of_two" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hosts                = ["a.example.com"]
      }
      other = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 200
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hosts                = ["a.example.com"]
      }
    }
  }
  expect_failures = [var.environments]
}

run "host_that_is_none" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hosts                = ["a b"]
      }
    }
  }
  expect_failures = [var.environments]
}

run "too_many_hosts" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hosts                = ["a.de", "b.de", "c.de", "d.de", "e.de"]
      }
    }
  }
  expect_failures = [var.environments]
}

run "path" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        paths                = ["app"]
      }
    }
  }
  expect_failures = [var.environments]
}

run "nothing_required" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1", optional = true }, { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "other", optional = true }]
      }
    }
  }
  expect_failures = [var.environments]
}

# Terraform considers null equal to null.
run "app_without_a_target_group" {
  command = plan
  variables {
    environments = {
      staging = merge(var.environments.staging, {
        app_target_group_arn = null
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "worker" }]
      })
    }
  }
  expect_failures = [var.environments]
}

run "database_of_two_that_one_stops" {
  command = plan
  variables {
    environments = {
      staging = merge(var.environments.staging, {
        hosts    = ["a.example.com"]
        database = { kind = "instance", arn = "arn:aws:rds:eu-west-1:111122223333:db:shared", stop_when_idle = true }
      })
      other = merge(var.environments.staging, {
        hosts    = ["b.example.com"]
        priority = 200
        database = { kind = "instance", arn = "arn:aws:rds:eu-west-1:111122223333:db:shared" }
      })
    }
  }
  expect_failures = [var.environments]
}

run "no_service_has_the_app" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/10"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "cluster" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "arn_of_another_service" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", arn = "arn:aws:ecs:eu-west-1:111122223333:service/other", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "cognito_user_pool_by_its_id" {
  command = plan
  variables {
    cognito_user_pool_arns = ["eu-west-1_AbCdEfGhI"]
  }
  expect_failures = [var.cognito_user_pool_arns]
}

run "service_twice" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }, { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "after_nobody" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1", after = ["nobody"] }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "after_itself" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1", after = ["web"] }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "count" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1", count = 0 }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "database_kind" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        database             = { kind = "mysql", arn = "arn:aws:rds:eu-west-1:111122223333:db:a" }
      }
    }
  }
  expect_failures = [var.environments]
}

run "database_arn" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        database             = { kind = "aurora", arn = "arn:aws:rds:eu-west-1:111122223333:db:a" }
      }
    }
  }
  expect_failures = [var.environments]
}

run "two_probes" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        database             = { kind = "aurora", arn = "arn:aws:rds:eu-west-1:111122223333:cluster:a", connect = { host = "a" }, data_api = { secret_arn = "b" } }
      }
    }
  }
  expect_failures = [var.environments]
}

run "data_api_of_an_instance" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        database             = { kind = "instance", arn = "arn:aws:rds:eu-west-1:111122223333:db:a", data_api = { secret_arn = "b" } }
      }
    }
  }
  expect_failures = [var.environments]
}

run "probe_port" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        database             = { kind = "aurora", arn = "arn:aws:rds:eu-west-1:111122223333:cluster:a", connect = { host = "a", port = 0 } }
      }
    }
  }
  expect_failures = [var.environments]
}

run "connect_outside_of_a_vpc" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        database             = { kind = "aurora", arn = "arn:aws:rds:eu-west-1:111122223333:cluster:a", connect = { host = "a" } }
      }
    }
  }
  expect_failures = [aws_lambda_function.waker]
}

run "hold_seconds" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 841
        idle_timeout_seconds = 4000
      }
    }
  }
  expect_failures = [var.environments]
}

run "hold_rounds_none" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_rounds          = 0
      }
    }
  }
  expect_failures = [var.environments]
}

run "hold_rounds_too_many" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_rounds          = 11
      }
    }
  }
  expect_failures = [var.environments]
}

run "idle_timeout_none" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 0
        idle_timeout_seconds = 0
      }
    }
  }
  expect_failures = [var.environments]
}

run "idle_timeout_too_long" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        idle_timeout_seconds = 4001
      }
    }
  }
  expect_failures = [var.environments]
}

run "hold_too_near_the_idle_timeout" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 96
        idle_timeout_seconds = 100
      }
    }
  }
  expect_failures = [var.environments]
}

run "hold_too_near_the_default_idle_timeout" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 56
      }
    }
  }
  expect_failures = [var.environments]
}

run "default_hold_too_near_the_idle_timeout" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        idle_timeout_seconds = 29
      }
    }
  }
  expect_failures = [var.environments]
}

run "behind" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        behind               = "nginx"
      }
    }
  }
  expect_failures = [var.environments]
}

run "idle_after_seconds" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        idle_after_seconds   = 299
      }
    }
  }
  expect_failures = [var.environments]
}

run "min_awake_seconds" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        min_awake_seconds    = 86401
      }
    }
  }
  expect_failures = [var.environments]
}

run "metrics_delay_seconds" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn          = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority              = 100
        app_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services              = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        metrics_delay_seconds = 901
      }
    }
  }
  expect_failures = [var.environments]
}

run "schedule_day" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        schedule             = [{ days = ["monday"], from = "08:00", to = "18:00", time_zone = "UTC" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "schedule_time" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        schedule             = [{ days = ["mon"], from = "8:00", to = "18:00", time_zone = "UTC" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "schedule_zone" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        schedule             = [{ days = ["mon"], from = "08:00", to = "18:00", time_zone = "my place" }]
      }
    }
  }
  expect_failures = [var.environments]
}

run "guard_wake" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        guard                = { wake = "visit" }
      }
    }
  }
  expect_failures = [var.environments]
}

run "guard_token" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        guard                = { wake = "token" }
      }
    }
  }
  expect_failures = [var.environments]
}

run "guard_token_sha256" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        guard                = { token_sha256 = "secret" }
      }
    }
  }
  expect_failures = [var.environments]
}

run "guard_networks" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        guard                = { networks = ["office"] }
      }
    }
  }
  expect_failures = [var.environments]
}

run "guard_wakes_per_hour" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        guard                = { wakes_per_hour = 15 }
      }
    }
  }
  expect_failures = [var.environments]
}

run "theme_accent" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        theme                = { accent = "blue" }
      }
    }
  }
  expect_failures = [var.environments]
}

run "theme_logo" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        theme                = { logo = "https://example.com/logo.png" }
      }
    }
  }
  expect_failures = [var.environments]
}

run "cors_origins" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        cors                 = { origins = ["https://app.example.com/"] }
      }
    }
  }
  expect_failures = [var.environments]
}

run "zip_of_another_processor" {
  command = plan
  variables {
    # It exists, so that only its name is refused.
    package = { file = "tests/packages/waker-X86_64.zip" }
  }
  expect_failures = [aws_lambda_function.waker]
}

run "folder_of_another_processor" {
  command = plan
  variables {
    package = { s3_bucket = "releases", s3_key = "reveille/1.0/x86_64/bootstrap.zip" }
  }
  expect_failures = [aws_lambda_function.waker]
}

run "object_of_another_processor" {
  command = plan
  variables {
    package          = { s3_bucket = "releases", s3_key = "waker-ARM64.zip" }
    cpu_architecture = "X86_64"
  }
  expect_failures = [aws_lambda_function.waker]
}

run "account_concurrency" {
  command = plan
  variables {
    account_concurrency = 0
  }
  expect_failures = [var.account_concurrency]
}

run "more_reserved_than_the_account_can_spare" {
  command = plan
  variables {
    account_concurrency            = 120
    reserved_concurrent_executions = 21
  }
  expect_failures = [aws_lambda_function.waker]
}
