mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "events"
}

run "defaults" {
  assert {
    condition     = aws_sqs_queue.this.message_retention_seconds == 1209600 && aws_sqs_queue.this.receive_wait_time_seconds == 20 && aws_sqs_queue.this.sqs_managed_sse_enabled
    error_message = "Two weeks, long polling, encrypted."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5 && length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Dead letters after five tries."
  }
  assert {
    condition     = [for statement in jsondecode(aws_sqs_queue_policy.this.policy).Statement : statement.Sid] == ["TlsOnly"]
    error_message = "No sender is allowed."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue_policy.dead[0].policy).Statement[0].Sid == "TlsOnly" && output.dead_letter_name == "events-dead" && output.id == output.url
    error_message = "Dead letters by TLS only."
  }
  assert {
    condition     = jsondecode(output.policy_json).Statement[0].Resource == "arn:aws:sqs:eu-west-1:111122223333:made"
    error_message = "The policy is for this queue."
  }
}

run "from_a_bucket" {
  variables {
    from_buckets      = { data = "arn:aws:s3:::data" }
    max_receive_count = 0
    kms_key_arn       = "arn:aws:kms:eu-west-1:111122223333:key/one"
    alarms            = { age_seconds = 3600 }
  }
  assert {
    condition     = one([for statement in jsondecode(aws_sqs_queue_policy.this.policy).Statement : statement if statement.Sid == "Buckets"]).Condition == { ArnEquals = { "aws:SourceArn" = ["arn:aws:s3:::data"] }, StringEquals = { "aws:SourceAccount" = "111122223333" } }
    error_message = "This bucket of this account only."
  }
  assert {
    condition     = length(aws_sqs_queue.dead) == 0 && keys(aws_cloudwatch_metric_alarm.this) == ["age"] && output.dead_letter_url == null
    error_message = "No dead letters, and so no alarm of them."
  }
}

run "alarm_on_dead_letters" {
  variables {
    alarms = {}
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["dead"]
    error_message = "A dead letter, and no age."
  }
}
