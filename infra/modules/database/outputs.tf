output "kind" {
  description = "The kind, as set."
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

output "resource_id" {
  description = "Its immutable id, such as `cluster-ABC` or `db-ABC`, which policies for logins by IAM name."
  value       = one(concat(aws_rds_cluster.this[*].cluster_resource_id, aws_db_instance.this[*].resource_id))
}

output "instance_identifiers" {
  description = "The identifiers of a cluster's instances; of an instance its own."
  value       = concat([for instance in aws_rds_cluster_instance.this : instance.identifier], aws_db_instance.this[*].identifier)
}

output "engine_version_actual" {
  description = "The running version, with its minor version."
  value       = one(concat(aws_rds_cluster.this[*].engine_version_actual, aws_db_instance.this[*].engine_version_actual))
}

output "host" {
  description = "The address; of a cluster its writer."
  value       = local.host
}

output "reader_host" {
  description = "A cluster's readers, or null."
  value       = one(aws_rds_cluster.this[*].reader_endpoint)
}

output "read_replica_hosts" {
  description = "An instance's read replicas; empty without."
  value       = aws_db_instance.replica[*].address
}

output "port" {
  description = "The port."
  value       = var.port
}

output "name" {
  description = "The database's name."
  value       = var.database_name
}

output "username" {
  description = "The master user."
  value       = local.username
}

output "secret_arn" {
  description = "The secret with the master user's name and password: RDS's own, or this module's."
  value       = local.secret_arn
}

output "connection" {
  description = "The value for `database` of the module `task`: `host`, `port`, `name` and `secret_arn`."
  value       = { host = local.host, port = var.port, name = var.database_name, secret_arn = local.secret_arn }
}

output "password_rotates_after_days" {
  description = "After how many days RDS changes the master user's password; null for your own password."
  value       = local.managed ? coalesce(var.master_user_password_rotation_automatically_after_days, 7) : null
}

output "security_group_id" {
  description = "The database's security group."
  value       = aws_security_group.this.id
}

output "subnet_group_name" {
  description = "The subnet group."
  value       = aws_db_subnet_group.this.name
}

output "parameter_group_name" {
  description = "The parameter group: a cluster's or an instance's."
  value       = one(concat(aws_rds_cluster_parameter_group.this[*].name, aws_db_parameter_group.this[*].name))
}

output "log_group_names" {
  description = "The log groups of PostgreSQL, where `monitoring.logs` asks for them."
  value       = [for log in local.log_types : aws_cloudwatch_log_group.this[log].name]
}

output "monitoring_role_arn" {
  description = "The role of the enhanced monitoring, or null."
  value       = local.monitoring_role_arn
}

output "final_snapshot_identifier" {
  description = "The name of the final snapshot of a destroy; null without one."
  value       = local.final_snapshot_identifier
}

output "deletion_protection" {
  description = "Whether AWS refuses to delete it."
  value       = var.deletion_protection
}
