output "schedule_arns" {
  description = "The schedules, by name."
  value       = { for name, schedule in aws_scheduler_schedule.this : name => schedule.arn }
}

output "event_rule_names" {
  description = "The rules for events, by name."
  value       = { for name, rule in aws_cloudwatch_event_rule.start : name => rule.name }
}

output "not_started_queue_url" {
  description = "The queue of runs that could not be started."
  value       = aws_sqs_queue.failed.id
}

output "role_arn" {
  description = "The role that starts the task."
  value       = aws_iam_role.run.arn
}
