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
  description = "What CodeDeploy may do."
  value       = aws_iam_role_policy.this.policy
}
