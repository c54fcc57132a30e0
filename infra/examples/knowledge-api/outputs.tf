output "api_url" {
  description = "Where callers go."
  value       = module.api.url
}

output "alb_url" {
  description = "The load balancer itself."
  value       = module.alb.url
}

output "status_url" {
  description = "Where to ask how it is without waking it."
  value       = "${module.api.url}/.reveille/status"
}

output "ecr_repository_url" {
  description = "Where to push the image."
  value       = module.ecr.url
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
  description = "The API's log."
  value       = module.task.log_group_name
}

output "database_host" {
  description = "The instance's address."
  value       = module.database.host
}

output "code_deploy" {
  description = "CodeDeploy's application and deployment group, or null."
  value       = one([for blue_green in module.blue_green : { application = blue_green.application_name, group = blue_green.deployment_group_name }])
}

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}
