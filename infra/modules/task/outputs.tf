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
  description = "The ARN without a revision, which stands for the newest."
  value       = aws_ecs_task_definition.this.arn_without_revision
}

output "container_name" {
  description = "The main container's name."
  value       = local.container_name
}

output "log_group_name" {
  description = "Where the containers log to."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "Its ARN."
  value       = aws_cloudwatch_log_group.this.arn
}

output "task_role" {
  description = "The role that the container acts by: `name` and `arn`."
  value       = { name = local.task_role_name, arn = local.task_role_arn }
}

output "execution_role" {
  description = "The role that ECS acts by to start a task: `name` and `arn`."
  value       = { name = local.execution_name, arn = local.execution_role_arn }
}

output "task_role_arn" {
  description = "The ARN of the role that the container acts by."
  value       = local.task_role_arn
}

output "task_role_name" {
  description = "Its name, for policies of your own."
  value       = local.task_role_name
}

output "execution_role_arn" {
  description = "The ARN of the role that ECS acts by."
  value       = local.execution_role_arn
}

output "execution_role_name" {
  description = "Its name."
  value       = local.execution_name
}

output "task_policy_json" {
  description = "What the task role may do, beside `policies`."
  value       = local.allowed.task
}

output "execution_policy_json" {
  description = "What the execution role may do."
  value       = local.allowed.execution
}
