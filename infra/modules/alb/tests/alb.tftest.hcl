mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name       = "test"
  vpc_id     = "vpc-0123456789abcdef0"
  vpc_cidr   = "10.0.0.0/16"
  subnet_ids = ["subnet-00000000000000001", "subnet-00000000000000002"]
}

run "http_alone" {
  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "fixed-response" && length(aws_lb_listener.https) == 0
    error_message = "Without a certificate port 80 serves, and what no rule takes gets 404."
  }
  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.blocks) == ["http-0.0.0.0/0"]
    error_message = "Port 80 alone is open."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.targets[0].cidr_ipv4 == "10.0.0.0/16"
    error_message = "It sends into the VPC only."
  }
  assert {
    condition     = output.url == "http://alb-1.eu-west-1.elb.amazonaws.com" && aws_lb.this.drop_invalid_header_fields && !aws_lb.this.internal
    error_message = "A public one."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.elb_5xx) == 0 && length(aws_lb.this.access_logs) == 0
    error_message = "No alarm and no logs unless asked for."
  }
}

run "https_with_redirect" {
  variables {
    https = {
      certificate_arn       = "arn:aws:acm:eu-west-1:111122223333:certificate/one"
      more_certificate_arns = { other = "arn:aws:acm:eu-west-1:111122223333:certificate/two" }
    }
    access_logs                = { bucket = "logs" }
    web_acl_arn                = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b"
    enable_deletion_protection = true
  }
  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "redirect" && aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "Port 80 redirects."
  }
  assert {
    condition     = aws_lb_listener.https[0].ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06" && length(aws_lb_listener_certificate.more) == 1
    error_message = "Port 443 serves with both certificates."
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.blocks) == 2 && startswith(output.url, "https://")
    error_message = "Both ports are open."
  }
  assert {
    condition     = one(aws_lb.this.access_logs).bucket == "logs" && length(aws_wafv2_web_acl_association.this) == 1
    error_message = "Logs and web ACL as asked for."
  }
}

run "internal_for_one_security_group" {
  variables {
    internal                   = true
    ingress_cidrs              = []
    ingress_security_group_ids = { gateway = "sg-00000000000000009" }
    alarms                     = { actions = ["arn:aws:sns:eu-west-1:111122223333:alarms"], threshold = 5 }
  }
  assert {
    condition     = aws_lb.this.internal && length(aws_vpc_security_group_ingress_rule.blocks) == 0
    error_message = "No block may connect."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.groups["http-gateway"].referenced_security_group_id == "sg-00000000000000009"
    error_message = "The security group may."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.elb_5xx[0].threshold == 5 && aws_cloudwatch_metric_alarm.elb_5xx[0].treat_missing_data == "notBreaching"
    error_message = "No traffic is no error."
  }
}

run "extra_ports" {
  variables {
    extra_ports = {
      mail  = { port = 8025, forward = true, target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/mail/1" }
      admin = { port = 8443 }
    }
  }
  assert {
    condition     = aws_lb_listener.extra["mail"].default_action[0].type == "forward" && aws_lb_listener.extra["admin"].default_action[0].type == "fixed-response"
    error_message = "One forwards, the other waits for rules."
  }
  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.blocks) == ["admin-0.0.0.0/0", "http-0.0.0.0/0", "mail-0.0.0.0/0"]
    error_message = "The extra ports are open too."
  }
}

run "name" {
  command = plan
  variables {
    name = "internal-test"
  }
  expect_failures = [var.name]
}

run "vpc_cidr" {
  command = plan
  variables {
    vpc_cidr = "10.0.0.0"
  }
  expect_failures = [var.vpc_cidr]
}

run "one_subnet" {
  command = plan
  variables {
    subnet_ids = ["subnet-00000000000000001"]
  }
  expect_failures = [var.subnet_ids]
}

run "ingress_cidrs" {
  command = plan
  variables {
    ingress_cidrs = ["everybody"]
  }
  expect_failures = [var.ingress_cidrs]
}

run "certificate" {
  command = plan
  variables {
    https = { certificate_arn = "one" }
  }
  expect_failures = [var.https]
}

run "old_tls" {
  command = plan
  variables {
    https = { certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/one", ssl_policy = "ELBSecurityPolicy-2016-08" }
  }
  expect_failures = [var.https]
}

run "port_80_twice" {
  command = plan
  variables {
    extra_ports = { again = { port = 80 } }
  }
  expect_failures = [var.extra_ports]
}

run "an_extra_port_twice" {
  command = plan
  variables {
    extra_ports = { one = { port = 81 }, two = { port = 81 } }
  }
  expect_failures = [var.extra_ports]
}

run "forward_to_nothing" {
  command = plan
  variables {
    extra_ports = { one = { port = 81, forward = true } }
  }
  expect_failures = [var.extra_ports]
}

run "https_without_certificate" {
  command = plan
  variables {
    extra_ports = { one = { port = 81, https = true } }
  }
  expect_failures = [aws_lb_listener.extra["one"]]
}

run "idle_timeout" {
  command = plan
  variables {
    idle_timeout = 4001
  }
  expect_failures = [var.idle_timeout]
}

run "alarm_at_nothing" {
  command = plan
  variables {
    alarms = { threshold = 0 }
  }
  expect_failures = [var.alarms]
}

run "groups_and_records_of_your_own" {
  variables {
    name                  = "n8n-automation-staging-of-the-platform"
    create_security_group = false
    security_group_ids    = ["sg-mine"]
    records               = { "app.example.com" = "Z0123456789ABCDEFGHIJ", "*.preview.example.com" = "Z0123456789ABCDEFGHIJ" }
  }
  assert {
    condition     = length(aws_security_group.this) + length(aws_vpc_security_group_ingress_rule.blocks) + length(aws_vpc_security_group_egress_rule.targets) == 0 && aws_lb.this.security_groups == toset(["sg-mine"]) && output.security_group_id == "sg-mine"
    error_message = "No security group is made."
  }
  assert {
    condition     = alltrue([for record in aws_route53_record.this : !one(record.alias).evaluate_target_health && record.type == "A"]) && length(aws_route53_record.this) == 2
    error_message = "A sleeping environment must not take the load balancer out of Route 53."
  }
  assert {
    condition     = length(aws_lb.this.name) <= 32 && startswith(aws_lb.this.name, "n8n-automation-staging-o")
    error_message = "As much of the name as fits, and a hash of the whole."
  }
}

run "no_security_group" {
  command = plan
  variables {
    create_security_group = false
  }
  expect_failures = [aws_lb.this]
}

run "record" {
  command = plan
  variables {
    records = { "https://app.example.com" = "Z0123456789ABCDEFGHIJ" }
  }
  expect_failures = [var.records]
}
