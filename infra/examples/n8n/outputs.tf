output "url" {
  description = "n8n's URL."
  value       = local.url
}

output "status_url" {
  description = "The status URL, which does not wake it."
  value       = "${local.url}/.reveille/status"
}

output "load_balancer_dns_name" {
  description = "For a CNAME or alias record."
  value       = module.alb.dns_name
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.cluster.name
}

output "service_names" {
  description = "The services, `main` and `worker`."
  value       = local.names
}

output "log_group_names" {
  description = "The logs of main service and worker."
  value       = { for name, task in module.task : name => task.log_group_name }
}

output "database_host" {
  description = "Aurora's writer."
  value       = module.database.host
}

output "redis_host" {
  description = "Redis."
  value       = module.cache.host
}

output "file_system_id" {
  description = "The file system with n8n's home."
  value       = module.efs.id
}

output "waker_function_name" {
  description = "The waker."
  value       = module.waker.function_name
}

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}
