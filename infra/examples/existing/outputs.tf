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
  description = "What the waker may do."
  value       = module.waker.policy_json
}
