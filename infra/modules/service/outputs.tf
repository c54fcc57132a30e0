output "name" {
  description = "The service's name."
  value       = local.service.name
}

output "arn" {
  description = "The service's ARN."
  value       = local.service.id
}

output "cluster_arn" {
  description = "The cluster's ARN, as it was given."
  value       = var.cluster_arn
}

output "target_group_arn" {
  description = "The target group, or null."
  value       = one(aws_lb_target_group.app[*].arn)
}

output "target_group_name" {
  description = "The target group's name, or null."
  value       = one(aws_lb_target_group.app[*].name)
}

output "security_group_id" {
  description = "The tasks' security group, which databases and other services let in."
  value       = aws_security_group.this.id
}

output "discovery_name" {
  description = "The service's name in its namespace, or null."
  value       = one(aws_service_discovery_service.this[*].name)
}

output "autoscaling_target" {
  description = "What Application Auto Scaling calls the service, or null."
  value       = one(aws_appautoscaling_target.this[*].resource_id)
}
