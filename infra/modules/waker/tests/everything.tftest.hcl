# Every option at once.
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

override_data {
  target = data.aws_lb.of["staging"]
  values = {
    idle_timeout = 120
  }
}

variables {
  name    = "waker"
  package = { s3_bucket = "releases", s3_key = "waker.zip" }
}

run "everything" {
  variables {
    cpu_architecture               = "X86_64"
    memory_size                    = 512
    reserved_concurrent_executions = 20
    log_level                      = "DEBUG"
    tick                           = { expression = "rate(5 minutes)" }
    alarms                         = { actions = ["arn:aws:sns:eu-west-1:111122223333:alarms"] }
    dashboard                      = true
    vpc                            = { id = "vpc-1", subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
    extra                          = { staging = { page = { theme = "dark" }, hold_seconds = 100 } }
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 1
        hosts                = ["staging.example.com", "*.staging.example.com"]
        paths                = ["/app/*"]
        start_awake          = true
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services = [
          {
            cluster_arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
            name             = "web"
            count            = 2
            target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
            after            = ["search"]
          },
          { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "search" },
          { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "mail", optional = true },
        ]
        database = {
          kind           = "instance"
          arn            = "arn:aws:rds:eu-west-1:111122223333:db:staging"
          stop_when_idle = true
          connect        = { host = "staging.abc.eu-west-1.rds.amazonaws.com", port = 5433 }
        }
        hold_seconds          = 30
        hold_rounds           = 9
        idle_timeout_seconds  = 120
        behind                = "load_balancer"
        idle_after_seconds    = 900
        min_awake_seconds     = 600
        metrics_delay_seconds = 240
        websockets            = false
        schedule              = [{ days = ["mon", "tue"], from = "08:00", to = "18:00", time_zone = "Europe/Berlin" }]
        never_sleep           = false
        dry_run               = true
        guard                 = { wake = "token", token_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", networks = ["203.0.113.0/24"], refuse_agents = ["acme"], wakes_per_hour = 3 }
        theme                 = { title = "Staging", accent = "#2f5bd0" }
        cors                  = { origins = ["https://app.example.com"], credentials = true }
        idle_alarm            = true
      }
    }
  }
  assert {
    condition     = aws_lambda_function.waker.timeout == 130
    error_message = "The time-out covers the hold, as extra has it, and a margin."
  }
  assert {
    condition     = one(aws_lb_listener_rule.route["staging"].action).target_group_arn == var.environments["staging"].app_target_group_arn
    error_message = "It begins awake where that is asked for."
  }
  assert {
    condition     = length(aws_lb_listener_rule.route["staging"].condition) == 2 && length(aws_lb_listener_rule.status["staging"].condition) == 2
    error_message = "Route and status are for these hosts."
  }
  assert {
    condition = jsondecode(output.config_json).environments[0] == {
      name                  = "staging"
      hosts                 = ["staging.example.com", "*.staging.example.com"]
      route                 = jsondecode(output.config_json).environments[0].route
      services              = jsondecode(output.config_json).environments[0].services
      database              = { kind = "instance", identifier = "staging", stop_when_idle = true, probe = { connect = { host = "staging.abc.eu-west-1.rds.amazonaws.com", port = 5433 } } }
      hold_seconds          = 100
      hold_rounds           = 9
      idle_timeout_seconds  = 120
      idle_after_seconds    = 900
      min_awake_seconds     = 600
      metrics_delay_seconds = 240
      websockets            = false
      schedule              = [{ days = ["mon", "tue"], from = "08:00", to = "18:00", time_zone = "Europe/Berlin" }]
      never_sleep           = false
      dry_run               = true
      guard                 = { wake = "token", token_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", networks = ["203.0.113.0/24"], refuse_agents = ["acme"], wakes_per_hour = 3 }
      theme                 = { title = "Staging", accent = "#2f5bd0" }
      cors                  = { origins = ["https://app.example.com"], credentials = true }
      page                  = { theme = "dark" }
    }
    error_message = "Every field is there, and extra goes over them."
  }
  assert {
    condition     = jsondecode(output.config_json).environments[0].services[0].after == ["search"] && jsondecode(output.config_json).environments[0].services[2].optional
    error_message = "Order and optional members."
  }
  assert {
    condition     = { for rule in aws_vpc_security_group_egress_rule.waker : rule.from_port => rule.cidr_ipv4 } == { 443 = "0.0.0.0/0", 5433 = "172.31.0.0/16" } && length(one(aws_lambda_function.waker.vpc_config).security_group_ids) == 2
    error_message = "From the VPC it reaches AWS, and databases in the VPC."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.idle["staging"].alarm_actions == toset([aws_lambda_function.waker.arn]) && aws_lambda_permission.idle["staging"].principal == "lambda.alarms.cloudwatch.amazonaws.com" && aws_cloudwatch_metric_alarm.idle["staging"].evaluation_periods == 15 && aws_cloudwatch_metric_alarm.idle["staging"].dimensions == tomap({ LoadBalancer = "app/alb/1", TargetGroup = "targetgroup/app/1" })
    error_message = "The idle alarm watches the app's own requests for as long as it takes to sleep."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.failed) == ["crashes", "failures", "slow", "throttles"] && aws_cloudwatch_metric_alarm.failed["slow"].threshold == 123500
    error_message = "Alarms for failed wakes."
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.waker[0].dashboard_body).widgets) == 3
    error_message = "The function, its errors, and the environment."
  }
}
