# Written by infra/root from modules/waker.

output "function_name" {
  description = "The function's name."
  value       = module.waker.function_name
}

output "function_arn" {
  description = "The function's ARN."
  value       = module.waker.function_arn
}

output "role_name" {
  description = "The function's role, to attach your own policies."
  value       = module.waker.role_name
}

output "role_arn" {
  description = "The role's ARN."
  value       = module.waker.role_arn
}

output "tick_role_name" {
  description = "The role by which EventBridge Scheduler invokes the function."
  value       = module.waker.tick_role_name
}

output "tick_role_arn" {
  description = "Its ARN."
  value       = module.waker.tick_role_arn
}

output "policy_json" {
  description = "That role's policy."
  value       = module.waker.policy_json
}

output "log_group_name" {
  description = "The function's log group."
  value       = module.waker.log_group_name
}

output "log_group_arn" {
  description = "The log group's ARN."
  value       = module.waker.log_group_arn
}

output "schedule_arn" {
  description = "The schedule of the ticks."
  value       = module.waker.schedule_arn
}

output "event_rule_arns" {
  description = "The rules for ECS's events, by kind; empty where `events` is off."
  value       = module.waker.event_rule_arns
}

output "alarm_arns" {
  description = "The alarms, by name; empty without `alarms` and `idle_alarm`."
  value       = module.waker.alarm_arns
}

output "dashboard_name" {
  description = "The dashboard, or null."
  value       = module.waker.dashboard_name
}

output "sizes" {
  description = "Sizes that AWS limits: characters of the function's `policy` (10,240 for all inline policies of a role), bytes of its `variables` (4,096), characters of the `event_patterns` (2,048 unless the quota was raised)."
  value       = module.waker.sizes
}

output "config_json" {
  description = "The waker's configuration, for the layer that holds it if it is too long for a variable."
  value       = module.waker.config_json
}

output "target_group_names" {
  description = "The target group's name, for each environment."
  value       = module.waker.target_group_names
}

output "target_group_arns" {
  description = "The waker's target group for each environment."
  value       = module.waker.target_group_arns
}

output "route_rule_arns" {
  description = "The rule that the waker turns, for each environment."
  value       = module.waker.route_rule_arns
}

output "anchor_rule_arns" {
  description = "The anchor rule, which keeps the app's target group in use, for each environment. An ECS service must be created after it."
  value       = module.waker.anchor_rule_arns
}

output "status_rule_arns" {
  description = "The rule for /.reveille/status, for each environment."
  value       = module.waker.status_rule_arns
}

output "security_group_id" {
  description = "The function's security group if it is in a VPC, for the databases that it probes; null otherwise."
  value       = module.waker.security_group_id
}
