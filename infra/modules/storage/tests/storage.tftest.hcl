mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "test-data"
}

run "defaults" {
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256" && one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "Encrypted, with versions."
  }
  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "Closed to the public."
  }
  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid] == ["TlsOnly"]
    error_message = "Only TLS, and no other principal."
  }
  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) + length(aws_s3_bucket_notification.this) + length(aws_s3_bucket_logging.this) == 0
    error_message = "Nothing more unless asked for."
  }
}

run "everything" {
  variables {
    versioning        = false
    kms_key_arn       = "arn:aws:kms:eu-west-1:111122223333:key/one"
    cors              = [{ origins = ["https://app.example.com"] }]
    lifecycle_days    = { objects = 90 }
    notifications     = { events = { queue_arn = "arn:aws:sqs:eu-west-1:111122223333:events" } }
    access_log_bucket = "logs"
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Suspended"
    error_message = "A key of the user's."
  }
  assert {
    condition     = one(aws_s3_bucket_notification.this[0].queue).events == toset(["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
    error_message = "The queue is notified of created and deleted objects."
  }
  assert {
    condition     = one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_origins == toset(["https://app.example.com"]) && one(one(aws_s3_bucket_lifecycle_configuration.this.rule).expiration).days == 90
    error_message = "Browsers, and an end after 90 days."
  }
}

run "logs_of_load_balancers" {
  variables {
    load_balancer_logs = true
  }
  assert {
    condition     = one([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if statement.Sid == "LoadBalancerLogs"]).Condition.ArnLike["aws:SourceArn"] == "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/*"
    error_message = "Load balancers of this account and region only."
  }
}

run "exports_of_log_groups" {
  variables {
    name               = "test-exports"
    cloudwatch_exports = true
  }
  assert {
    condition     = { for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid => statement.Resource if statement.Effect == "Allow" } == { LogExportsGetBucketAcl = [aws_s3_bucket.this.arn], LogExportsPutObject = ["${aws_s3_bucket.this.arn}/*"] }
    error_message = "CloudWatch Logs may look at the bucket and write to it, and load balancers may not."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Condition.StringEquals["aws:SourceAccount"] == "111122223333" && statement.Principal.Service == "logs.eu-west-1.amazonaws.com" if statement.Effect == "Allow"])
    error_message = "Of this account and region only."
  }
}
