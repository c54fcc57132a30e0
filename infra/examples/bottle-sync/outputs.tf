output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = module.cluster.name
}

output "cluster_arn" {
  description = "ARN of the ECS cluster."
  value       = module.cluster.arn
}

output "cluster_id" {
  description = "ID of the ECS cluster, which is its ARN."
  value       = module.cluster.id
}

output "service_id" {
  description = "ID of the workers' service, which is its ARN, or null."
  value       = one(module.workers[*].id)
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

output "auto_scaling_target_arn" {
  description = "ARN of the workers' scalable target, or null."
  value       = one(module.workers[*].autoscaling_target_arn)
}

output "task_definition_revision" {
  description = "Its revision."
  value       = module.task.revision
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

output "log_group_arn" {
  description = "Its ARN."
  value       = module.task.log_group_arn
}

output "task_role_arn" {
  description = "The role that the sync acts by."
  value       = module.task.task_role_arn
}

output "security_group_id" {
  description = "The runs' security group."
  value       = local.security_group_ids[0]
}

output "schedule_arns" {
  description = "The schedules, by name."
  value       = module.runs.schedule_arns
}

output "not_started_queue_url" {
  description = "The queue of runs that could not be started."
  value       = module.runs.not_started_queue_url
}

locals {
  run_network = "awsvpcConfiguration={subnets=[${join(",", module.network.task_subnet_ids)}],securityGroups=[${join(",", local.security_group_ids)}],assignPublicIp=${module.network.assign_public_ip ? "ENABLED" : "DISABLED"}}"
}

output "useful_commands" {
  description = "Commands to run it and to inspect it."
  value = {
    run   = "aws ecs run-task --cluster ${module.cluster.name} --task-definition ${module.task.family} --launch-type FARGATE${var.enable_execute_command ? " --enable-execute-command" : ""} --network-configuration '${local.run_network}'"
    logs  = "aws logs tail ${module.task.log_group_name} --follow"
    tasks = "aws ecs list-tasks --cluster ${module.cluster.name} --family ${module.task.family}"
    shell = "aws ecs execute-command --cluster ${module.cluster.name} --container ${module.task.container_name} --interactive --command /bin/bash --task TASK"
  }
}
