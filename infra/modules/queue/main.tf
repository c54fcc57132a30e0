data "aws_caller_identity" "here" {}

resource "aws_sqs_queue" "this" {
  # checkov:skip=CKV_AWS_27:encrypted by SQS's own key unless the user gives one
  name                       = var.name
  message_retention_seconds  = var.message_retention_seconds
  visibility_timeout_seconds = var.visibility_timeout_seconds
  receive_wait_time_seconds  = var.receive_wait_time_seconds
  kms_master_key_id          = var.kms_key_arn
  sqs_managed_sse_enabled    = var.kms_key_arn == null ? true : null
  redrive_policy             = var.max_receive_count == 0 ? null : jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead[0].arn, maxReceiveCount = var.max_receive_count })
  tags                       = var.tags
}

resource "aws_sqs_queue" "dead" {
  # checkov:skip=CKV_AWS_27:encrypted by SQS's own key unless the user gives one
  count                     = var.max_receive_count == 0 ? 0 : 1
  name                      = "${var.name}-dead"
  message_retention_seconds = 14 * 86400
  kms_master_key_id         = var.kms_key_arn
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for sid in length(var.from_buckets) > 0 ? ["Buckets"] : [] : {
        Sid       = sid
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.this.arn
        Condition = {
          ArnEquals    = { "aws:SourceArn" = values(var.from_buckets) }
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here.account_id }
        }
      }],
    )
  })
}

resource "aws_sqs_queue_policy" "dead" {
  count     = var.max_receive_count == 0 ? 0 : 1
  queue_url = aws_sqs_queue.dead[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.dead[0].arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms == null ? {} : { for name, alarm in {
    age  = { queue = aws_sqs_queue.this.name, metric = "ApproximateAgeOfOldestMessage", threshold = var.alarms.age_seconds, wanted = var.alarms.age_seconds > 0 }
    dead = { queue = "${var.name}-dead", metric = "ApproximateNumberOfMessagesVisible", threshold = 0, wanted = var.max_receive_count > 0 }
  } : name => alarm if alarm.wanted }
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.key == "age" ? "Messages of ${var.name} wait long." : "Messages of ${var.name} could not be worked on."
  namespace           = "AWS/SQS"
  metric_name         = each.value.metric
  dimensions          = { QueueName = each.value.queue }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags
}
