output "host" {
  description = "Where to connect, by TLS."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "port" {
  description = "The port."
  value       = 6379
}

output "user_group_id" {
  description = "The group of its users."
  value       = aws_elasticache_user_group.this.user_group_id
}

output "user_id" {
  description = "The app's user."
  value       = aws_elasticache_user.app.user_id
}

output "secret_arn" {
  description = "The secret with the app's username and password."
  value       = aws_secretsmanager_secret.login.arn
}

output "security_group_id" {
  description = "The cache's security group."
  value       = aws_security_group.this.id
}
