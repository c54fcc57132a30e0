output "url" {
  description = "Where lakeFS answers."
  value       = module.alb.url
}

output "status_url" {
  description = "Where to ask how it is without waking it."
  value       = "${module.alb.url}/.reveille/status"
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

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}

output "task_policy" {
  description = "What lakeFS itself may do."
  value       = module.task.task_policy_json
}
