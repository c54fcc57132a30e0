output "schedule_arns" {
  description = "The schedules, by name."
  value       = { for name, schedule in aws_scheduler_schedule.this : name => schedule.arn }
}

output "event_rule_names" {
  description = "The rules for events, by name."
  value       = { for name, rule in aws_cloudwatch_event_rule.start : name => rule.name }
}

output "not_started_queue_url" {
  description = "The queue of events whose runs could not be started."
  value       = aws_sqs_queue.failed.id
}

output "role_arn" {
  description = "The role that starts the task."
  value       = aws_iam_role.run.arn
}

output "role_name" {
  description = "That role's name."
  value       = aws_iam_role.run.name
}

output "policy_json" {
  description = "That role's policy."
  value       = local.policy
}

output "event_rule_arns" {
  description = "The ARNs of the rules for events, by name."
  value       = { for name, rule in aws_cloudwatch_event_rule.start : name => rule.arn }
}

output "failed_event_rule_arn" {
  description = "The rule for runs that failed, or null."
  value       = one(aws_cloudwatch_event_rule.failed[*].arn)
}

output "not_started_queue_arn" {
  description = "The ARN of the queue of runs that could not be started."
  value       = aws_sqs_queue.failed.arn
}

output "not_started_queue_name" {
  description = "Its name."
  value       = aws_sqs_queue.failed.name
}
