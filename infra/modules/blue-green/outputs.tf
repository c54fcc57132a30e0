output "live_target_group_arn" {
  description = "The live target group, for the waker's `app_target_group_arn` and its service's `target_group_arn`."
  value       = local.target_group_arns[var.live]
}

output "green_target_group_arn" {
  description = "The second target group."
  value       = aws_lb_target_group.green.arn
}

output "application_name" {
  description = "CodeDeploy's application."
  value       = aws_codedeploy_app.this.name
}

output "deployment_group_name" {
  description = "CodeDeploy's deployment group."
  value       = aws_codedeploy_deployment_group.this.deployment_group_name
}

output "policy_json" {
  description = "CodeDeploy's policy."
  value       = aws_iam_role_policy.this.policy
}

output "green_target_group_name" {
  description = "The second target group's name."
  value       = aws_lb_target_group.green.name
}

output "green_target_group_arn_suffix" {
  description = "Its ARN suffix, its dimension in CloudWatch."
  value       = aws_lb_target_group.green.arn_suffix
}

output "spare_rule_arn" {
  description = "The rule that keeps the target group in use that is not live."
  value       = aws_lb_listener_rule.spare.arn
}

output "application_arn" {
  description = "The application's ARN."
  value       = aws_codedeploy_app.this.arn
}

output "deployment_group_arn" {
  description = "The deployment group's ARN."
  value       = aws_codedeploy_deployment_group.this.arn
}

output "role_arn" {
  description = "CodeDeploy's role."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Its name."
  value       = aws_iam_role.this.name
}
