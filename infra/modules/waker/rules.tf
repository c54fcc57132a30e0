# Three rules for each environment, in this order:
#
#   status   /.reveille/*   always to the waker, also while the app is awake
#   route    the visitors   to the waker or to the app, as the waker turns it
#   anchor   nobody         always to the app, whose targets AWS checks only while some rule uses them
locals {
  paths = { for name, environment in var.environments : name => length(environment.hosts) + length(environment.paths) > 0 ? environment.paths : ["/*"] }
}

resource "aws_lb_listener_rule" "status" {
  for_each     = var.environments
  listener_arn = each.value.listener_arn
  priority     = each.value.priority
  tags         = merge(var.tags, { Name = "${var.name}-${each.key}-status" })

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.waker[each.key].arn
  }

  condition {
    path_pattern {
      values = ["/.reveille/*"]
    }
  }

  dynamic "condition" {
    for_each = length(each.value.hosts) > 0 ? [1] : []
    content {
      host_header {
        values = each.value.hosts
      }
    }
  }
}

resource "aws_lb_listener_rule" "route" {
  for_each     = var.environments
  listener_arn = each.value.listener_arn
  priority     = each.value.priority + 1
  tags         = merge(var.tags, { Name = "${var.name}-${each.key}-route" })

  action {
    type             = "forward"
    target_group_arn = each.value.start_awake ? each.value.app_target_group_arn : aws_lb_target_group.waker[each.key].arn
  }

  dynamic "condition" {
    for_each = length(local.paths[each.key]) > 0 ? [1] : []
    content {
      path_pattern {
        values = local.paths[each.key]
      }
    }
  }

  dynamic "condition" {
    for_each = length(each.value.hosts) > 0 ? [1] : []
    content {
      host_header {
        values = each.value.hosts
      }
    }
  }

  lifecycle {
    # The waker turns the action, and notes in tags since when it sleeps and how long wakes take.
    ignore_changes = [
      action,
      tags["reveille:note"], tags_all["reveille:note"],
      tags["reveille:wakes-0"], tags_all["reveille:wakes-0"],
      tags["reveille:wakes-1"], tags_all["reveille:wakes-1"],
    ]
  }
}

resource "aws_lb_listener_rule" "anchor" {
  for_each     = var.environments
  listener_arn = each.value.listener_arn
  priority     = each.value.priority + 2
  tags         = merge(var.tags, { Name = "${var.name}-${each.key}-anchor" })

  action {
    type             = "forward"
    target_group_arn = each.value.app_target_group_arn
  }

  # An address of RFC 5737, kept for documentation: a connection cannot come from it. A header
  # could be sent by anybody, past whatever guards the route.
  condition {
    source_ip {
      values = ["192.0.2.1/32"]
    }
  }
}
