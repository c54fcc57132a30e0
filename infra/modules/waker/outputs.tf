output "function_name" {
  description = "The function's name."
  value       = aws_lambda_function.waker.function_name
}

output "function_arn" {
  description = "The function's ARN."
  value       = aws_lambda_function.waker.arn
}

output "role_name" {
  description = "The function's role, to attach your own policies."
  value       = local.role.name
}

output "role_arn" {
  description = "The role's ARN."
  value       = local.role.arn
}

output "tick_role_name" {
  description = "The role by which EventBridge Scheduler invokes the function."
  value       = local.tick_role.name
}

output "tick_role_arn" {
  description = "Its ARN."
  value       = local.tick_role.arn
}

output "policy_json" {
  description = "That role's policy."
  value       = local.policy
}

output "log_group_name" {
  description = "The function's log group."
  value       = aws_cloudwatch_log_group.waker.name
}

output "log_group_arn" {
  description = "The log group's ARN."
  value       = aws_cloudwatch_log_group.waker.arn
}

output "schedule_arn" {
  description = "The schedule of the ticks."
  value       = aws_scheduler_schedule.tick.arn
}

output "event_rule_arns" {
  description = "The rules for ECS's events, by kind; empty where `events` is off."
  value       = { for kind, rule in aws_cloudwatch_event_rule.look : kind => rule.arn }
}

output "alarm_arns" {
  description = "The alarms, by name; empty without `alarms` and `idle_alarm`."
  value = merge(
    { for name, alarm in aws_cloudwatch_metric_alarm.failed : name => alarm.arn },
    { for name, alarm in aws_cloudwatch_metric_alarm.idle : "idle-${name}" => alarm.arn },
  )
}

output "dashboard_name" {
  description = "The dashboard, or null."
  value       = one(aws_cloudwatch_dashboard.waker[*].dashboard_name)
}

output "sizes" {
  description = "Sizes that AWS limits: characters of the function's `policy` (10,240 for all inline policies of a role), bytes of its `variables` (4,096), characters of the `event_patterns` (2,048 unless the quota was raised)."
  value       = local.sizes
}

output "config_json" {
  description = "The waker's configuration, for the layer that holds it if it is too long for a variable."
  value       = local.config_json
}

output "target_group_names" {
  description = "The target group's name, for each environment."
  value       = { for name, group in aws_lb_target_group.waker : name => group.name }
}

output "target_group_arns" {
  description = "The waker's target group for each environment."
  value       = { for name, group in aws_lb_target_group.waker : name => group.arn }
}

output "route_rule_arns" {
  description = "The rule that the waker turns, for each environment."
  value       = { for name, rule in aws_lb_listener_rule.route : name => rule.arn }
}

output "anchor_rule_arns" {
  description = "The anchor rule, which keeps the app's target group in use, for each environment. An ECS service must be created after it."
  value       = { for name, rule in aws_lb_listener_rule.anchor : name => rule.arn }
}

output "status_rule_arns" {
  description = "The rule for /.reveille/status, for each environment."
  value       = { for name, rule in aws_lb_listener_rule.status : name => rule.arn }
}

output "security_group_id" {
  description = "The function's security group if it is in a VPC, for the databases that it probes; null otherwise."
  value       = one(aws_security_group.waker[*].id)
}
