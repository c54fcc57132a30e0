output "url" {
  description = "Where visitors go."
  value       = local.url
}

output "status_url" {
  description = "Where to ask how it is without waking it."
  value       = "${local.url}/.reveille/status"
}

output "load_balancer_dns_name" {
  description = "What the hosts' records are aliases of."
  value       = module.alb.dns_name
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.cluster.name
}

output "service_name" {
  description = "The ECS service."
  value       = module.service.name
}

output "ecr_repository_url" {
  description = "Where to push the image."
  value       = module.ecr.url
}

output "cloudwatch_log_group_name" {
  description = "The app's log."
  value       = module.task.log_group_name
}

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}

output "waker_policy" {
  description = "What the waker may do."
  value       = module.waker.policy_json
}

output "deployment_info" {
  description = "What is deployed."
  value = {
    image    = "${module.ecr.url}:${var.image_tag}"
    size     = var.size
    tasks    = { awake = var.awake_tasks, most = try(var.autoscaling.max, var.awake_tasks) }
    spot     = var.spot
    database = module.database.identifier
  }
}

output "useful_commands" {
  description = "To look at it."
  value = {
    status   = "curl ${local.url}/.reveille/status"
    logs     = "aws logs tail ${module.task.log_group_name} --follow"
    waker    = "aws logs tail ${module.waker.log_group_name} --follow"
    events   = "aws ecs describe-services --cluster ${module.cluster.name} --services ${var.name} --query 'services[0].events[0:10]'"
    redeploy = "aws ecs update-service --cluster ${module.cluster.name} --service ${var.name} --force-new-deployment"
  }
}
