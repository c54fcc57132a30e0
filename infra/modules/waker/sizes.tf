# Sizes that AWS limits. ARNs that are unknown before the apply would make the sizes unknown in the plan, so
# they are predicted: a rule's and a target group's end in 16 digits.
locals {
  arn_end = "0123456789abcdef"
  planned_rule_arns = {
    for name, environment in var.environments : name => "${replace(environment.listener_arn, ":listener/", ":listener-rule/")}/${local.arn_end}"
  }
  planned_target_group_arns = {
    for name in keys(var.environments) : name => "arn:${local.listener.partition}:elasticloadbalancing:${local.listener.region}:${local.listener.account}:targetgroup/${local.target_group_names[name]}/${local.arn_end}"
  }

  planned_resources = {
    Log          = ["arn:${local.listener.partition}:logs:${local.listener.region}:${local.listener.account}:log-group:/aws/lambda/${var.name}:*"]
    TurnRoutes   = values(local.planned_rule_arns)
    NoteOnRoutes = values(local.planned_rule_arns)
  }
  planned_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in local.statements : merge(statement, try({ Resource = local.planned_resources[statement.Sid] }, {}))]
  })

  planned_config = jsonencode({
    environments = [for environment in local.config_environments : merge(environment, try(var.extra[environment.name].route, null) != null ? {} : {
      route = {
        rule_arn               = local.planned_rule_arns[environment.name]
        app_target_group_arn   = var.environments[environment.name].app_target_group_arn
        waker_target_group_arn = local.planned_target_group_arns[environment.name]
      }
    })]
  })
  # Lambda measures the variables as escaped JSON, in bytes; four characters of Base64 are three.
  planned_variables = jsonencode(merge(local.variables, var.config_layer == null ? { WAKER_CONFIG = local.planned_config } : {}))

  sizes = {
    # IAM does not count white space, of which there is none here.
    policy         = length(local.planned_policy)
    variables      = floor(length(replace(base64encode(local.planned_variables), "=", "")) * 3 / 4)
    event_patterns = { for kind, pattern in local.patterns : kind => length(pattern) }
  }
}
