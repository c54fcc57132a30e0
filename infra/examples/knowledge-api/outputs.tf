output "api_url" {
  description = "The URL for callers."
  value       = module.api.url
}

output "alb_url" {
  description = "The load balancer itself."
  value       = module.alb.url
}

output "status_url" {
  description = "The status URL, which does not wake it."
  value       = "${module.api.url}/.reveille/status"
}

output "ecr_repository_url" {
  description = "The repository to push the image to."
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

output "alb_dns_name" {
  description = "The load balancer's name."
  value       = module.alb.dns_name
}

output "cluster_arn" {
  description = "The ECS cluster's ARN."
  value       = module.cluster.arn
}

output "service_arn" {
  description = "The ECS service's ARN."
  value       = module.service.arn
}

output "database_secret_arn" {
  description = "The secret with the database's login."
  value       = module.database.secret_arn
}

output "read_replica_hosts" {
  description = "The read replicas' addresses."
  value       = module.database.read_replica_hosts

  precondition {
    condition     = var.read_replicas == 0 || !var.stop_database
    error_message = "RDS stops no instance that has a read replica: read_replicas need stop_database = false."
  }
}

output "ecr_login" {
  description = "Logs docker in to the repository."
  value       = "aws ecr get-login-password --region ${var.region} | docker login --username AWS --password-stdin ${split("/", module.ecr.url)[0]}"
}
