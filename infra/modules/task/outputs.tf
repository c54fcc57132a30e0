output "arn" {
  description = "The task definition's ARN, with its revision."
  value       = aws_ecs_task_definition.this.arn
}

output "revision" {
  description = "The revision's number."
  value       = aws_ecs_task_definition.this.revision
}

output "family" {
  description = "The family."
  value       = aws_ecs_task_definition.this.family
}

output "family_arn" {
  description = "The ARN without a revision, which means the newest."
  value       = aws_ecs_task_definition.this.arn_without_revision
}

output "container_name" {
  description = "The main container's name."
  value       = local.container_name
}

output "log_group_name" {
  description = "The containers' log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "Its ARN."
  value       = aws_cloudwatch_log_group.this.arn
}

output "task_role" {
  description = "The task role, which the container uses: `name` and `arn`."
  value       = { name = local.task_role_name, arn = local.task_role_arn }
}

output "execution_role" {
  description = "The execution role, with which ECS starts a task: `name` and `arn`."
  value       = { name = local.execution_name, arn = local.execution_role_arn }
}

output "task_role_arn" {
  description = "The task role's ARN."
  value       = local.task_role_arn
}

output "task_role_name" {
  description = "Its name, for policies of your own."
  value       = local.task_role_name
}

output "execution_role_arn" {
  description = "The execution role's ARN."
  value       = local.execution_role_arn
}

output "execution_role_name" {
  description = "Its name."
  value       = local.execution_name
}

output "task_policy_json" {
  description = "The task role's policy, without `policies`."
  value       = local.allowed.task
}

output "execution_policy_json" {
  description = "The execution role's policy."
  value       = local.allowed.execution
}
