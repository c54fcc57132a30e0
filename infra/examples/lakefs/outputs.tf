output "url" {
  description = "lakeFS's URL."
  value       = module.alb.url
}

output "status_url" {
  description = "The status URL, which does not wake it."
  value       = "${module.alb.url}/.reveille/status"
}

output "alb_dns_name" {
  description = "The load balancer's name, for a CNAME or alias record."
  value       = module.alb.dns_name
}

output "bucket_arn" {
  description = "The bucket's ARN."
  value       = module.storage.arn
}

output "storage_namespace" {
  description = "The prefix for storage namespaces of lakeFS repositories."
  value       = "s3://${var.bucket_name}/${var.bucket_prefix}"
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.cluster.name
}

output "service_name" {
  description = "The ECS service."
  value       = module.service.name
}

output "log_group_name" {
  description = "lakeFS's log."
  value       = module.task.log_group_name
}

output "database_host" {
  description = "Aurora's writer."
  value       = module.database.host
}

output "database_secret_arn" {
  description = "The secret with Aurora's master user."
  value       = module.database.secret_arn
}

output "database_name" {
  description = "The database's name."
  value       = module.database.name
}

output "final_snapshot_identifier" {
  description = "The snapshot that a destroy leaves, or null."
  value       = module.database.final_snapshot_identifier
}

output "task_role_arn" {
  description = "lakeFS's task role."
  value       = module.task.task_role.arn
}

output "waker_function_name" {
  description = "The waker's function, for commands such as a wake before an apply."
  value       = module.waker.function_name
}

output "waker_log_group_name" {
  description = "The waker's log."
  value       = module.waker.log_group_name
}

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}

output "task_policy" {
  description = "The policy of lakeFS's role."
  value       = module.task.task_policy_json
}
