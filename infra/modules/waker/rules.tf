# Three rules for each environment, in this order:
#
#   status   /.reveille/*   always to the waker, also while the app is awake
#   route    visitors       to the waker or to the app, as the waker turns it
#   anchor   no request     always to the app, whose targets AWS checks only while a rule uses them
locals {
  paths = { for name, environment in var.environments : name => length(environment.hosts) + length(environment.paths) > 0 ? environment.paths : ["/*"] }

  # The actions before the forward of the status and the route rule, if there are any. Both rules have the
  # same block for it, because Terraform cannot share one between resources, and the waker only changes the
  # route's actions.
  logins = { for name in keys(var.environments) : name => [for kind in ["oidc", "cognito"] : kind if try(nonsensitive(var.authenticate[name][kind] != null), false)] }
  # AWS requires an order if there is more than one action.
  last = { for name, logins in local.logins : name => length(logins) > 0 ? length(logins) + 1 : null }
}

resource "aws_lb_listener_rule" "status" {
  for_each     = var.environments
  listener_arn = each.value.listener_arn
  priority     = each.value.priority
  tags         = merge(var.tags, { Name = "${var.name}-${each.key}-status" })

  dynamic "action" {
    for_each = local.logins[each.key]
    content {
      type  = "authenticate-${action.value}"
      order = 1

      dynamic "authenticate_oidc" {
        for_each = action.value == "oidc" ? [1] : []
        content {
          issuer                     = var.authenticate[each.key].oidc.issuer
          authorization_endpoint     = var.authenticate[each.key].oidc.authorization_endpoint
          token_endpoint             = var.authenticate[each.key].oidc.token_endpoint
          user_info_endpoint         = var.authenticate[each.key].oidc.user_info_endpoint
          client_id                  = var.authenticate[each.key].oidc.client_id
          client_secret              = var.authenticate[each.key].oidc.client_secret
          scope                      = var.authenticate[each.key].scope
          session_cookie_name        = var.authenticate[each.key].session_cookie_name
          session_timeout            = var.authenticate[each.key].session_timeout
          on_unauthenticated_request = var.authenticate[each.key].on_unauthenticated_request
        }
      }

      dynamic "authenticate_cognito" {
        for_each = action.value == "cognito" ? [1] : []
        content {
          user_pool_arn              = var.authenticate[each.key].cognito.user_pool_arn
          user_pool_client_id        = var.authenticate[each.key].cognito.user_pool_client_id
          user_pool_domain           = var.authenticate[each.key].cognito.user_pool_domain
          scope                      = var.authenticate[each.key].scope
          session_cookie_name        = var.authenticate[each.key].session_cookie_name
          session_timeout            = var.authenticate[each.key].session_timeout
          on_unauthenticated_request = var.authenticate[each.key].on_unauthenticated_request
        }
      }
    }
  }

  action {
    type             = "forward"
    order            = local.last[each.key]
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

  dynamic "action" {
    for_each = local.logins[each.key]
    content {
      type  = "authenticate-${action.value}"
      order = 1

      dynamic "authenticate_oidc" {
        for_each = action.value == "oidc" ? [1] : []
        content {
          issuer                     = var.authenticate[each.key].oidc.issuer
          authorization_endpoint     = var.authenticate[each.key].oidc.authorization_endpoint
          token_endpoint             = var.authenticate[each.key].oidc.token_endpoint
          user_info_endpoint         = var.authenticate[each.key].oidc.user_info_endpoint
          client_id                  = var.authenticate[each.key].oidc.client_id
          client_secret              = var.authenticate[each.key].oidc.client_secret
          scope                      = var.authenticate[each.key].scope
          session_cookie_name        = var.authenticate[each.key].session_cookie_name
          session_timeout            = var.authenticate[each.key].session_timeout
          on_unauthenticated_request = var.authenticate[each.key].on_unauthenticated_request
        }
      }

      dynamic "authenticate_cognito" {
        for_each = action.value == "cognito" ? [1] : []
        content {
          user_pool_arn              = var.authenticate[each.key].cognito.user_pool_arn
          user_pool_client_id        = var.authenticate[each.key].cognito.user_pool_client_id
          user_pool_domain           = var.authenticate[each.key].cognito.user_pool_domain
          scope                      = var.authenticate[each.key].scope
          session_cookie_name        = var.authenticate[each.key].session_cookie_name
          session_timeout            = var.authenticate[each.key].session_timeout
          on_unauthenticated_request = var.authenticate[each.key].on_unauthenticated_request
        }
      }
    }
  }

  action {
    type             = "forward"
    order            = local.last[each.key]
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
    # The waker turns the action, and records the state, its time and the wakes in tags.
    ignore_changes = [
      action,
      tags["reveille:state"], tags_all["reveille:state"],
      tags["reveille:scaling"], tags_all["reveille:scaling"],
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

  # An address of RFC 5737, reserved for documentation: no connection can come from it. A header could be sent
  # by any client, which would bypass the route's guard.
  condition {
    source_ip {
      values = ["192.0.2.1/32"]
    }
  }
}
