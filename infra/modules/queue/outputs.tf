output "id" {
  description = "The queue's address, which is its id."
  value       = aws_sqs_queue.this.id
}

output "name" {
  description = "The queue's name."
  value       = aws_sqs_queue.this.name
}

output "url" {
  description = "The queue's address."
  value       = aws_sqs_queue.this.id
}

output "arn" {
  description = "The queue's ARN, once the senders may send: S3 tries when it is told."
  value       = aws_sqs_queue.this.arn
  depends_on  = [aws_sqs_queue_policy.this]
}

output "dead_letter_url" {
  description = "The address of the queue for dead letters, or null."
  value       = one(aws_sqs_queue.dead[*].id)
}

output "dead_letter_arn" {
  description = "The ARN of the queue for dead letters, or null."
  value       = one(aws_sqs_queue.dead[*].arn)
}

output "dead_letter_name" {
  description = "The name of the queue for dead letters, or null."
  value       = one(aws_sqs_queue.dead[*].name)
}

output "policy_json" {
  description = "For a task role: to send to this queue and to take from it."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"]
      Resource = aws_sqs_queue.this.arn
    }]
  })
}
