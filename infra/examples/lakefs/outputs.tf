output "url" {
  description = "Where lakeFS answers."
  value       = module.alb.url
}

output "status_url" {
  description = "Where to ask how it is without waking it."
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
  description = "Where a lakeFS repository's storage namespace may be."
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
  description = "The database in it."
  value       = module.database.name
}

output "final_snapshot_identifier" {
  description = "The snapshot that a destroy leaves, or null."
  value       = module.database.final_snapshot_identifier
}

output "task_role_arn" {
  description = "The role that lakeFS acts by."
  value       = module.task.task_role.arn
}

output "waker_function_name" {
  description = "The waker's function, for orders such as a wake before an apply."
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
  description = "What lakeFS itself may do."
  value       = module.task.task_policy_json
}
