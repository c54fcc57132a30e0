mock_provider "aws" {
  source = "../../mocks"
}

# Two target groups and two rules that can be told apart.
override_resource {
  target = aws_lb_target_group.waker["staging"]
  values = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/waker-staging/1"
  }
}

override_resource {
  target = aws_lb_listener_rule.route["staging"]
  values = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/route"
  }
}

variables {
  name    = "waker"
  package = { s3_bucket = "releases", s3_key = "waker.zip" }
  environments = {
    staging = {
      listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
      priority             = 100
      app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
      services = [{
        cluster_arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
        name             = "web"
        target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
      }]
    }
  }
}

run "the_three_rules_of_an_environment" {
  assert {
    condition     = [aws_lb_listener_rule.status["staging"].priority, aws_lb_listener_rule.route["staging"].priority, aws_lb_listener_rule.anchor["staging"].priority] == [100, 101, 102]
    error_message = "The status rule comes before the route, and the anchor last."
  }
  assert {
    condition     = one(aws_lb_listener_rule.status["staging"].action).target_group_arn == aws_lb_target_group.waker["staging"].arn
    error_message = "The status is always the waker's."
  }
  assert {
    condition     = tolist(one([for condition in aws_lb_listener_rule.status["staging"].condition : condition if length(condition.path_pattern) > 0]).path_pattern)[0].values == toset(["/.reveille/*"])
    error_message = "The status rule is for its path alone."
  }
  assert {
    condition     = one(aws_lb_listener_rule.route["staging"].action).target_group_arn == aws_lb_target_group.waker["staging"].arn
    error_message = "An environment begins asleep."
  }
  assert {
    condition     = tolist(one(aws_lb_listener_rule.route["staging"].condition).path_pattern)[0].values == toset(["/*"])
    error_message = "Without hosts the route takes every path."
  }
  assert {
    condition     = one(aws_lb_listener_rule.anchor["staging"].action).target_group_arn == var.environments["staging"].app_target_group_arn
    error_message = "The anchor is always the app's."
  }
  assert {
    condition     = tolist(one(aws_lb_listener_rule.anchor["staging"].condition).source_ip)[0].values == toset(["192.0.2.1/32"])
    error_message = "No request can match the anchor rule."
  }
}

run "the_target_group_and_its_permission" {
  assert {
    condition     = aws_lb_target_group.waker["staging"].target_type == "lambda" && aws_lb_target_group.waker["staging"].lambda_multi_value_headers_enabled
    error_message = "Query parameters and headers that come twice need multi-value headers."
  }
  assert {
    condition     = aws_lambda_permission.load_balancer["staging"].principal == "elasticloadbalancing.amazonaws.com" && aws_lambda_permission.load_balancer["staging"].source_arn == aws_lb_target_group.waker["staging"].arn
    error_message = "Only this target group may invoke the function."
  }
  assert {
    condition     = aws_lb_target_group_attachment.waker["staging"].target_id == aws_lambda_function.waker.arn
    error_message = "The function is the target."
  }
}

run "the_function" {
  assert {
    condition     = aws_lambda_function.waker.runtime == "provided.al2023" && aws_lambda_function.waker.architectures == tolist(["arm64"]) && aws_lambda_function.waker.timeout == 60
    error_message = "A binary of its own, for arm64, with at least a minute."
  }
  assert {
    condition     = one(aws_lambda_function.waker.logging_config).log_group == "/aws/lambda/waker" && aws_cloudwatch_log_group.waker.retention_in_days == 30
    error_message = "It logs to a group that was made before it."
  }
  assert {
    condition     = jsondecode(one(aws_lambda_function.waker.environment).variables["WAKER_CONFIG"]) == jsondecode(output.config_json)
    error_message = "The configuration is in its variables."
  }
  assert {
    condition     = length(aws_lambda_function.waker.vpc_config) == 0 && output.security_group_id == null
    error_message = "In no VPC unless asked for."
  }
}

run "the_smallest_configuration" {
  assert {
    condition = jsondecode(output.config_json) == {
      environments = [{
        name = "staging"
        route = {
          rule_arn               = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/route"
          app_target_group_arn   = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
          waker_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/waker-staging/1"
        }
        services = [{
          cluster          = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
          service          = "web"
          target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        }]
      }]
    }
    error_message = "What is not set is left to the waker."
  }
}

run "how_long_a_client_is_held" {
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
        hold_seconds         = 55
        hold_rounds          = 9
        idle_timeout_seconds = 60
      }
    }
  }
  assert {
    condition     = { for field in ["hold_seconds", "hold_rounds", "idle_timeout_seconds"] : field => jsondecode(output.config_json).environments[0][field] } == { hold_seconds = 55, hold_rounds = 9, idle_timeout_seconds = 60 }
    error_message = "The function is told all three."
  }
  assert {
    condition     = aws_lambda_function.waker.timeout == 85
    error_message = "The function outlasts one hold; each round is an invocation of its own."
  }
}

run "ticks_and_events" {
  assert {
    condition     = aws_scheduler_schedule.tick.schedule_expression == "rate(1 minute)" && aws_scheduler_schedule.tick.state == "ENABLED" && one(aws_scheduler_schedule.tick.target).input == "{\"reveille\":\"tick\"}"
    error_message = "A tick every minute."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.tick[0].policy).Statement[0].Resource == aws_lambda_function.waker.arn && jsondecode(aws_iam_role.tick[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    error_message = "The scheduler may invoke this function only."
  }
  assert {
    condition     = keys(aws_cloudwatch_event_rule.look) == ["services", "tasks"] && alltrue([for target in aws_cloudwatch_event_target.look : target.input == null && target.arn == aws_lambda_function.waker.arn])
    error_message = "The function gets ECS's events as they are."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.look["tasks"].event_pattern).detail == { clusterArn = ["arn:aws:ecs:eu-west-1:111122223333:cluster/staging"], group = ["service:web"], lastStatus = ["STOPPED"] }
    error_message = "Only tasks of these services."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.look["services"].event_pattern).resources == ["arn:aws:ecs:eu-west-1:111122223333:service/staging/web"]
    error_message = "Only these services."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failed) == 0 && length(aws_cloudwatch_metric_alarm.idle) == 0 && length(aws_cloudwatch_dashboard.waker) == 0
    error_message = "Nothing that costs money unless asked for."
  }
}

# Created asleep before; without ignore_changes the changed start_awake would now turn the route.
run "what_the_waker_turns_is_left_alone" {
  command = plan
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        start_awake          = true
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services = [{
          cluster_arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
          name             = "web"
          target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        }]
      }
    }
  }
  assert {
    condition     = one(aws_lb_listener_rule.route["staging"].action).target_group_arn == aws_lb_target_group.waker["staging"].arn
    error_message = "The action of a route that is there is the waker's."
  }
}

run "a_configuration_in_a_layer" {
  variables {
    config_layer = { arn = "arn:aws:lambda:eu-west-1:111122223333:layer:waker-config:1" }
  }
  assert {
    condition     = one(aws_lambda_function.waker.environment).variables == tomap({ WAKER_CONFIG_FILE = "/opt/reveille/waker.json" }) && aws_lambda_function.waker.layers == tolist(["arn:aws:lambda:eu-west-1:111122223333:layer:waker-config:1"])
    error_message = "The function reads the layer's file."
  }
}

run "names_too_long_for_a_target_group" {
  variables {
    name         = "n8n-automation-staging-waker"
    environments = { n8n-automation = var.environments.staging }
  }
  assert {
    condition     = length(output.target_group_names["n8n-automation"]) <= 32 && can(regex("^n8n-automation-staging-w[a-z0-9-]*-[0-9a-f]{7}$", output.target_group_names["n8n-automation"]))
    error_message = "As much of the name as fits, and a hash of the whole."
  }
}

# Two environments may share a database that neither stops.
run "a_shared_database" {
  command = plan
  variables {
    environments = {
      staging = merge(var.environments.staging, { hosts = ["a.example.com"], database = { kind = "aurora", arn = "arn:aws:rds:eu-west-1:111122223333:cluster:shared" } })
      other   = merge(var.environments.staging, { hosts = ["b.example.com"], priority = 200, database = { kind = "aurora", arn = "arn:aws:rds:eu-west-1:111122223333:cluster:shared", stop_when_idle = false } })
    }
  }
  assert {
    condition     = length(aws_lb_listener_rule.route) == 2
    error_message = "Both are there."
  }
}
