# The variable, and not the service's attribute: the service waits for the waker's rules, so a waker that
# waited for the service would close a cycle.
output "name" {
  description = "The service's name. It does not wait for the service, so it can be passed to the waker."
  value       = var.name
}

output "id" {
  description = "The service's id, which is its ARN."
  value       = local.service.id
}

output "arn" {
  description = "The service's ARN."
  value       = local.service.id
}

output "cluster_arn" {
  description = "The cluster's ARN, as set."
  value       = var.cluster_arn
}

output "cluster_name" {
  description = "The cluster's name."
  value       = local.cluster_name
}

output "target_group_arn" {
  description = "The target group, or null."
  value       = try(local.target_group.arn, null)
}

output "target_group_arn_suffix" {
  description = "Its ARN suffix, its dimension in CloudWatch, or null."
  value       = try(local.target_group.arn_suffix, null)
}

output "target_group_name" {
  description = "The name of the created target group, or null."
  value       = one(aws_lb_target_group.app[*].name)
}

output "security_group_id" {
  description = "The tasks' security group, which databases and other services let in; the first of `network.security_group_ids` if none is created."
  value       = try(concat(aws_security_group.this[*].id, var.network.security_group_ids)[0], null)
}

output "security_group_arn" {
  description = "The ARN of the created security group, or null."
  value       = one(aws_security_group.this[*].arn)
}

output "discovery_name" {
  description = "The service's name in its namespace, or null."
  value       = one(aws_service_discovery_service.this[*].name)
}

output "discovery_arn" {
  description = "The ARN of the service in its namespace, or null."
  value       = one(aws_service_discovery_service.this[*].arn)
}

output "autoscaling_target" {
  description = "The service's resource id in Application Auto Scaling, or null."
  value       = one(aws_appautoscaling_target.this[*].resource_id)
}

output "autoscaling_target_arn" {
  description = "The scalable target's ARN, or null."
  value       = one(aws_appautoscaling_target.this[*].arn)
}

output "autoscaling_policy_arns" {
  description = "The scaling policies, by name."
  value = { for policy in concat(
    values(aws_appautoscaling_policy.target), values(aws_appautoscaling_policy.custom),
    values(aws_appautoscaling_policy.step), aws_appautoscaling_policy.idle,
  ) : policy.name => policy.arn }
}

output "alarm_arns" {
  description = "The alarms, by name."
  value = merge(
    { for name, alarm in aws_cloudwatch_metric_alarm.service : name => alarm.arn },
    { for alarm in aws_cloudwatch_metric_alarm.missing : "missing-tasks" => alarm.arn },
  )
}
