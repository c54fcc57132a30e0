data "aws_caller_identity" "here" {
  count = var.load_balancer_logs || var.cloudwatch_exports ? 1 : 0
}

data "aws_partition" "here" {
  count = var.load_balancer_logs || var.cloudwatch_exports ? 1 : 0
}

data "aws_region" "here" {
  count = var.load_balancer_logs || var.cloudwatch_exports ? 1 : 0
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for account in var.load_balancer_logs ? data.aws_caller_identity.here[*].account_id : [] : {
        Sid       = "LoadBalancerLogs"
        Effect    = "Allow"
        Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = ["${aws_s3_bucket.this.arn}/*"]
        Condition = { ArnLike = { "aws:SourceArn" = "arn:${data.aws_partition.here[0].partition}:elasticloadbalancing:${data.aws_region.here[0].id}:${account}:loadbalancer/*" } }
      }],
      # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html
      flatten([for account in var.cloudwatch_exports ? data.aws_caller_identity.here[*].account_id : [] : [
        for action, resource in { "s3:GetBucketAcl" = aws_s3_bucket.this.arn, "s3:PutObject" = "${aws_s3_bucket.this.arn}/*" } : {
          Sid                                       = "LogExports${replace(action, "s3:", "")}"
          Effect                                    = "Allow"
          Principal                                 = { Service = "logs.${data.aws_region.here[0].id}.amazonaws.com" }
          Action                                    = action
          Resource                                  = [resource]
          Condition = {
            StringEquals = { "aws:SourceAccount" = account }
            ArnLike      = { "aws:SourceArn" = "arn:${data.aws_partition.here[0].partition}:logs:${data.aws_region.here[0].id}:${account}:log-group:*" }
          }
        }
      ]]),
    )
  })

  # Concurrent changes of the policy and the public access block fail.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
