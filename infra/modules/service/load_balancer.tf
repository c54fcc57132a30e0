resource "aws_lb_target_group" "app" {
  # checkov:skip=CKV_AWS_378:between the load balancer and its tasks, inside the VPC
  count       = local.behind ? 1 : 0
  name        = var.name
  target_type = "ip"
  vpc_id      = var.network.vpc_id
  port        = var.load_balancer.port
  protocol    = "HTTP"
  # HTTP1 is what AWS takes by itself; another one replaces the target group.
  protocol_version     = var.load_balancer.protocol_version == "HTTP1" ? null : var.load_balancer.protocol_version
  deregistration_delay = var.load_balancer.deregistration_delay_seconds
  slow_start           = var.load_balancer.slow_start_seconds
  tags                 = var.tags

  health_check {
    path                = var.load_balancer.health.path
    matcher             = var.load_balancer.health.codes
    interval            = var.load_balancer.health.interval_seconds
    timeout             = var.load_balancer.health.timeout_seconds
    healthy_threshold   = var.load_balancer.health.healthy_after
    unhealthy_threshold = var.load_balancer.health.unhealthy_after
  }

  stickiness {
    enabled         = var.load_balancer.sticky_seconds > 0
    type            = "lb_cookie"
    cookie_duration = max(1, var.load_balancer.sticky_seconds)
  }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:it is on the service's tasks
  name        = "${var.name}-tasks"
  description = "Tasks of ${var.name}"
  vpc_id      = var.network.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-tasks" })
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  count                        = local.behind ? 1 : 0
  description                  = "The load balancer"
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.load_balancer.port
  to_port                      = var.load_balancer.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "more" {
  for_each                     = var.ingress
  description                  = each.key
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = each.value.security_group_id
  cidr_ipv4                    = each.value.cidr
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "everywhere" {
  # checkov:skip=CKV_AWS_382:images, AWS's APIs and whatever the app calls; egress narrows it down
  count             = var.egress == null ? 1 : 0
  description       = "Everywhere"
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "some" {
  for_each          = var.egress == null ? {} : var.egress
  description       = each.key
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.from_port
  to_port           = each.value.to_port
  tags              = var.tags
}
