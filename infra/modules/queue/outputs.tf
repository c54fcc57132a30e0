output "id" {
  description = "The queue's URL, which is its id."
  value       = aws_sqs_queue.this.id
}

output "name" {
  description = "The queue's name."
  value       = aws_sqs_queue.this.name
}

output "url" {
  description = "The queue's URL."
  value       = aws_sqs_queue.this.id
}

output "arn" {
  description = "The queue's ARN, available once its policy exists: S3 tests the queue when it is configured."
  value       = aws_sqs_queue.this.arn
  depends_on  = [aws_sqs_queue_policy.this]
}

output "dead_letter_url" {
  description = "The dead-letter queue's URL, or null."
  value       = one(aws_sqs_queue.dead[*].id)
}

output "dead_letter_arn" {
  description = "The dead-letter queue's ARN, or null."
  value       = one(aws_sqs_queue.dead[*].arn)
}

output "dead_letter_name" {
  description = "The dead-letter queue's name, or null."
  value       = one(aws_sqs_queue.dead[*].name)
}

output "policy_json" {
  description = "A policy for a task role: to send to this queue and to receive from it."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"]
      Resource = aws_sqs_queue.this.arn
    }]
  })
}
