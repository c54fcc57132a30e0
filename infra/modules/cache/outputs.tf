output "id" {
  description = "The replication group's id."
  value       = aws_elasticache_replication_group.this.replication_group_id
}

output "arn" {
  description = "The replication group's ARN."
  value       = aws_elasticache_replication_group.this.arn
}

output "host" {
  description = "The primary endpoint; TLS only."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "reader_host" {
  description = "The reader endpoint; TLS only."
  value       = aws_elasticache_replication_group.this.reader_endpoint_address
}

output "port" {
  description = "The port."
  value       = 6379
}

output "engine_version_actual" {
  description = "The running version."
  value       = aws_elasticache_replication_group.this.engine_version_actual
}

output "username" {
  description = "The app's user; with a token the user that Redis calls default, which most clients leave out."
  value       = local.username
}

output "user_group_id" {
  description = "The group of its users, or null."
  value       = one(aws_elasticache_user_group.this[*].user_group_id)
}

output "user_id" {
  description = "The app's user in ElastiCache, or null."
  value       = one(aws_elasticache_user.app[*].user_id)
}

output "secret_arn" {
  description = "The secret with the app's username and password; null without a login."
  value       = one(aws_secretsmanager_secret.login[*].arn)
}

output "security_group_id" {
  description = "The cache's security group."
  value       = aws_security_group.this.id
}

output "subnet_group_name" {
  description = "The subnet group."
  value       = aws_elasticache_subnet_group.this.name
}

output "parameter_group_name" {
  description = "The parameter group."
  value       = aws_elasticache_parameter_group.this.name
}

output "log_group_name" {
  description = "The slow log."
  value       = aws_cloudwatch_log_group.slow.name
}

output "log_group_arn" {
  description = "The slow log's ARN."
  value       = aws_cloudwatch_log_group.slow.arn
}

output "final_snapshot_identifier" {
  description = "The name of the final snapshot of a destroy; null without one."
  value       = local.final_snapshot_identifier
}
