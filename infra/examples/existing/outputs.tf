output "function_name" {
  description = "The waker."
  value       = module.waker.function_name
}

output "route_rule_arns" {
  description = "The rules that the waker turns, by environment."
  value       = module.waker.route_rule_arns
}

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}

output "waker_policy" {
  description = "The waker's policy."
  value       = module.waker.policy_json
}

output "log_group_name" {
  description = "The waker's log."
  value       = module.waker.log_group_name
}

output "role_arn" {
  description = "The waker's role."
  value       = module.waker.role_arn
}

output "security_group_id" {
  description = "The waker's security group if it is in a VPC, for the databases that it probes; null otherwise."
  value       = module.waker.security_group_id
}

output "sizes" {
  description = "Sizes that AWS limits, as the module `waker` counts them."
  value       = module.waker.sizes
}
