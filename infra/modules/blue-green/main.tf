# CodeDeploy's blue and green deployments, beside a waker: see the README for the effect on the route.
locals {
  cluster_name = element(split("/", var.cluster_arn), 1)
  service_arn  = "${replace(var.cluster_arn, ":cluster/", ":service/")}/${var.service_name}"
  task_set_arn = "${replace(var.cluster_arn, ":cluster/", ":task-set/")}/${var.service_name}/*"
  listeners    = concat([var.listener_arn], var.test_listener_arn[*])
  rules        = [for arn in local.listeners : "${replace(arn, ":listener/", ":listener-rule/")}/*"]

  target_group_arns = { blue = var.blue.arn, green = aws_lb_target_group.green.arn }
  # Another port or protocol needs another target group, as in the module service, and so another name.
  green_name = "${trimsuffix(substr(var.name, 0, 18), "-")}-green-${substr(sha256(join(" ", [var.name, var.green.port, var.green.protocol, var.green.protocol_version])), 0, 7)}"
  spare      = var.live == "blue" ? "green" : "blue"
}

resource "aws_lb_target_group" "green" {
  # checkov:skip=CKV_AWS_378:between the load balancer and its tasks, inside the VPC
  name        = local.green_name
  target_type = "ip"
  vpc_id      = var.green.vpc_id
  port        = var.green.port
  protocol    = var.green.protocol
  # As the module service has it.
  protocol_version     = var.green.protocol_version == "HTTP1" ? null : var.green.protocol_version
  deregistration_delay = var.green.deregistration_delay
  tags                 = var.tags

  health_check {
    protocol            = var.green.protocol
    path                = var.green.health_check.path
    matcher             = var.green.health_check.matcher
    interval            = var.green.health_check.interval
    timeout             = var.green.health_check.timeout
    healthy_threshold   = var.green.health_check.healthy_threshold
    unhealthy_threshold = var.green.health_check.unhealthy_threshold
  }

  lifecycle {
    create_before_destroy = true
  }
}

# The waker's anchor rule is for the live group; this is for the other, because CodeDeploy finds both by
# rules.
resource "aws_lb_listener_rule" "spare" {
  listener_arn = var.listener_arn
  priority     = var.spare_priority
  tags         = merge(var.tags, { Name = "${var.name}-spare" })

  action {
    type             = "forward"
    target_group_arn = local.target_group_arns[local.spare]
  }

  # An address of RFC 5737, kept for documentation: a connection cannot come from it.
  condition {
    source_ip {
      values = ["192.0.2.2/32"]
    }
  }
}

resource "aws_codedeploy_app" "this" {
  name             = var.name
  compute_platform = "ECS"
  tags             = var.tags
}

resource "aws_codedeploy_deployment_group" "this" {
  app_name               = aws_codedeploy_app.this.name
  deployment_group_name  = var.name
  deployment_config_name = var.deployment_config_name
  service_role_arn       = aws_iam_role.this.arn
  tags                   = var.tags

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  ecs_service {
    cluster_name = local.cluster_name
    service_name = var.service_name
  }

  load_balancer_info {
    target_group_pair_info {
      prod_traffic_route {
        listener_arns = [var.listener_arn]
      }

      dynamic "test_traffic_route" {
        for_each = var.test_listener_arn[*]
        content {
          listener_arns = [test_traffic_route.value]
        }
      }

      target_group {
        name = var.blue.name
      }

      target_group {
        name = aws_lb_target_group.green.name
      }
    }
  }

  blue_green_deployment_config {
    deployment_ready_option {
      action_on_timeout = "CONTINUE_DEPLOYMENT"
    }

    terminate_blue_instances_on_deployment_success {
      action                           = "TERMINATE"
      termination_wait_time_in_minutes = var.termination_wait_time_in_minutes
    }
  }

  auto_rollback_configuration {
    enabled = true
    events  = concat(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"], length(var.alarm_names) > 0 ? ["DEPLOYMENT_STOP_ON_ALARM"] : [])
  }

  alarm_configuration {
    enabled = length(var.alarm_names) > 0
    alarms  = var.alarm_names
  }

  depends_on = [aws_iam_role_policy.this]
}
