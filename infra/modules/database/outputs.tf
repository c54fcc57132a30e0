output "kind" {
  description = "As it was given."
  value       = var.kind
}

output "arn" {
  description = "The ARN of the cluster or instance, for the waker."
  value       = local.arn
}

output "identifier" {
  description = "Its identifier."
  value       = var.name
}

output "host" {
  description = "Where to connect: of a cluster its writer."
  value       = local.host
}

output "reader_host" {
  description = "A cluster's readers, or null."
  value       = one(aws_rds_cluster.this[*].reader_endpoint)
}

output "port" {
  description = "The port."
  value       = var.port
}

output "name" {
  description = "The database in it."
  value       = var.database_name
}

output "username" {
  description = "The master user."
  value       = local.username
}

output "secret_arn" {
  description = "The secret with username and password: RDS's own, or this module's."
  value       = local.secret_arn
}

output "security_group_id" {
  description = "The database's security group."
  value       = aws_security_group.this.id
}
