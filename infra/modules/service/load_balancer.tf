locals {
  # Another port or protocol needs another target group. The one in use cannot be deleted first, and names, of
  # at most 32 characters, are unique: so the name ends in a hash of the values that replace it.
  target_group_name = !local.behind ? "" : "${trimsuffix(substr(var.name, 0, 24), "-")}-${substr(sha256(join(" ", [var.name, var.load_balancer.port, var.load_balancer.protocol, var.load_balancer.protocol_version])), 0, 7)}"

  # The target group that the tasks are registered with.
  target_group = !local.behind ? null : var.load_balancer.create_target_group ? {
    arn        = aws_lb_target_group.app[0].arn
    arn_suffix = aws_lb_target_group.app[0].arn_suffix
    } : {
    arn        = var.load_balancer.target_group_arn
    arn_suffix = regex("targetgroup/.+$", var.load_balancer.target_group_arn)
  }
}

resource "aws_lb_target_group" "app" {
  # checkov:skip=CKV_AWS_378:between the load balancer and its tasks, inside the VPC
  count       = local.behind && try(var.load_balancer.create_target_group, false) ? 1 : 0
  name        = local.target_group_name
  target_type = "ip"
  vpc_id      = var.network.vpc_id
  port        = var.load_balancer.port
  protocol    = var.load_balancer.protocol
  # HTTP1 is AWS's default; setting another version replaces the target group.
  protocol_version     = var.load_balancer.protocol_version == "HTTP1" ? null : var.load_balancer.protocol_version
  deregistration_delay = var.load_balancer.deregistration_delay
  slow_start           = var.load_balancer.slow_start
  tags                 = var.tags

  health_check {
    protocol            = var.load_balancer.protocol
    path                = var.load_balancer.health_check.path
    matcher             = var.load_balancer.health_check.matcher
    interval            = var.load_balancer.health_check.interval
    timeout             = var.load_balancer.health_check.timeout
    healthy_threshold   = var.load_balancer.health_check.healthy_threshold
    unhealthy_threshold = var.load_balancer.health_check.unhealthy_threshold
  }

  stickiness {
    enabled         = var.load_balancer.sticky_seconds > 0
    type            = "lb_cookie"
    cookie_duration = max(1, var.load_balancer.sticky_seconds)
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:it is on the service's tasks
  count       = var.create_security_group ? 1 : 0
  name        = "${var.name}-tasks"
  description = "Tasks of ${var.name}"
  vpc_id      = var.network.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-tasks" })
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  count                        = local.behind && var.create_security_group ? 1 : 0
  description                  = "The load balancer"
  security_group_id            = aws_security_group.this[0].id
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.load_balancer.port
  to_port                      = var.load_balancer.port
  tags                         = var.tags

  lifecycle {
    precondition {
      condition     = var.load_balancer.security_group_id != null
      error_message = "load_balancer.security_group_id is needed: the tasks' security group lets the load balancer in by it."
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "more" {
  for_each                     = var.create_security_group ? var.ingress : {}
  description                  = each.key
  security_group_id            = aws_security_group.this[0].id
  referenced_security_group_id = each.value.security_group_id
  cidr_ipv4                    = each.value.cidr
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "everywhere" {
  # checkov:skip=CKV_AWS_382:images, AWS's APIs and the app's own calls; egress restricts them
  count             = var.egress == null && var.create_security_group ? 1 : 0
  description       = "Everywhere"
  security_group_id = aws_security_group.this[0].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "some" {
  for_each          = { for name, to in coalesce(var.egress, {}) : name => to if var.create_security_group }
  description       = each.key
  security_group_id = aws_security_group.this[0].id
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.from_port
  to_port           = each.value.to_port
  tags              = var.tags
}
