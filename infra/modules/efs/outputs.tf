output "id" {
  description = "The file system's id."
  value       = aws_efs_file_system.this.id
}

output "arn" {
  description = "The file system's ARN."
  value       = aws_efs_file_system.this.arn
}

output "dns_name" {
  description = "The file system's name in DNS."
  value       = aws_efs_file_system.this.dns_name
}

output "access_points" {
  description = "The access points by name: `id` and `arn`."
  value       = { for name, point in aws_efs_access_point.this : name => { id = point.id, arn = point.arn } }
}

output "mount_target_ids" {
  description = "The mount targets, one for each subnet."
  value       = aws_efs_mount_target.this[*].id
}

output "security_group_id" {
  description = "The mount targets' security group."
  value       = aws_security_group.this.id
}

output "mounts" {
  description = "The values with which the module `task` mounts each access point, by name; only the `path` has to be added."
  value = { for name, point in aws_efs_access_point.this : name => {
    file_system_id   = aws_efs_file_system.this.id
    file_system_arn  = aws_efs_file_system.this.arn
    access_point_id  = point.id
    access_point_arn = point.arn
  } }
  depends_on = [aws_efs_mount_target.this]
}
