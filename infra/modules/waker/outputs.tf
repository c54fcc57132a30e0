output "function_name" {
  description = "The function's name."
  value       = aws_lambda_function.waker.function_name
}

output "function_arn" {
  description = "The function's ARN."
  value       = aws_lambda_function.waker.arn
}

output "role_name" {
  description = "The function's role, for policies of your own."
  value       = aws_iam_role.waker.name
}

output "policy_json" {
  description = "What that role may do."
  value       = local.policy
}

output "log_group_name" {
  description = "The function's log group."
  value       = aws_cloudwatch_log_group.waker.name
}

output "config_json" {
  description = "The waker's configuration, for the layer that holds it where it is too long for a variable."
  value       = local.config_json
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
  description = "The rule that keeps the app's target group in use, for each environment. An ECS service must be made after it."
  value       = { for name, rule in aws_lb_listener_rule.anchor : name => rule.arn }
}

output "status_rule_arns" {
  description = "The rule for /.reveille/status, for each environment."
  value       = { for name, rule in aws_lb_listener_rule.status : name => rule.arn }
}

output "security_group_id" {
  description = "The function's security group where it is in a VPC, for the databases that it probes; null otherwise."
  value       = one(aws_security_group.waker[*].id)
}
