output "url" {
  description = "The environment's URL."
  value       = local.front.url
}

output "status_url" {
  description = "The status URL, which does not wake it."
  value       = "${local.front.url}/.reveille/status"
}

output "load_balancer_dns_name" {
  description = "For a CNAME or alias record; null with a shared load balancer."
  value       = one(module.alb[*].dns_name)
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.cluster.name
}

output "service_name" {
  description = "The ECS service."
  value       = module.service.name
}

output "waker_function_name" {
  description = "The waker."
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

output "route_rule_arn" {
  description = "The listener rule that the waker turns."
  value       = module.waker.route_rule_arns["app"]
}

output "database_identifier" {
  description = "The Aurora cluster."
  value       = module.database.identifier
}
