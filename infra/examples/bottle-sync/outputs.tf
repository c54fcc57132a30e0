output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = module.cluster.name
}

output "cluster_arn" {
  description = "ARN of the ECS cluster."
  value       = module.cluster.arn
}

output "service_name" {
  description = "Name of the workers' service, or null."
  value       = one(module.workers[*].name)
}

output "service_arn" {
  description = "ARN of the workers' service, or null."
  value       = one(module.workers[*].arn)
}

output "autoscaling_target" {
  description = "What Application Auto Scaling calls the workers' service, or null."
  value       = one(module.workers[*].autoscaling_target)
}

output "task_definition_arn" {
  description = "ARN of the task definition, with its revision."
  value       = module.task.arn
}

output "task_definition_family" {
  description = "Its family."
  value       = module.task.family
}

output "efs_file_system_id" {
  description = "The file system, or null."
  value       = one(module.efs[*].id)
}

output "efs_file_system_arn" {
  description = "Its ARN, or null."
  value       = one(module.efs[*].arn)
}

output "efs_access_point_id" {
  description = "The access point, or null."
  value       = one([for efs in module.efs : efs.mounts["work"].access_point_id])
}

output "efs_access_point_arn" {
  description = "Its ARN, or null."
  value       = one([for efs in module.efs : efs.mounts["work"].access_point_arn])
}

output "log_group_name" {
  description = "Where runs log to."
  value       = module.task.log_group_name
}

output "security_group_id" {
  description = "The runs' security group."
  value       = aws_security_group.tasks.id
}

output "schedule_arns" {
  description = "The schedules, by name."
  value       = module.runs.schedule_arns
}

output "not_started_queue_url" {
  description = "The queue of runs that could not be started."
  value       = module.runs.not_started_queue_url
}
