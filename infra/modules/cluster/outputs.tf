output "arn" {
  description = "The cluster's ARN."
  value       = aws_ecs_cluster.this.arn
  # A service names its capacity providers, which the cluster must have by then.
  depends_on = [aws_ecs_cluster_capacity_providers.this]
}

output "id" {
  description = "The cluster's id, which is its ARN."
  value       = aws_ecs_cluster.this.id
}

output "name" {
  description = "The cluster's name."
  value       = aws_ecs_cluster.this.name
}

output "namespace" {
  description = "The namespace's `id`, `name` and `arn`, or null."
  value       = one([for namespace in aws_service_discovery_private_dns_namespace.this : { id = namespace.id, name = namespace.name, arn = namespace.arn }])
}

output "exec_log_group_name" {
  description = "The log group of ECS Exec's commands, or null."
  value       = one(aws_cloudwatch_log_group.exec[*].name)
}

output "exec_log_group_arn" {
  description = "Its ARN, or null."
  value       = one(aws_cloudwatch_log_group.exec[*].arn)
}
