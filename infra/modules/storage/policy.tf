data "aws_caller_identity" "here" {
  count = var.load_balancer_logs ? 1 : 0
}

data "aws_partition" "here" {
  count = var.load_balancer_logs ? 1 : 0
}

data "aws_region" "here" {
  count = var.load_balancer_logs ? 1 : 0
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
      [for account in data.aws_caller_identity.here[*].account_id : {
        Sid       = "LoadBalancerLogs"
        Effect    = "Allow"
        Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = ["${aws_s3_bucket.this.arn}/*"]
        Condition = { ArnLike = { "aws:SourceArn" = "arn:${data.aws_partition.here[0].partition}:elasticloadbalancing:${data.aws_region.here[0].id}:${account}:loadbalancer/*" } }
      }],
    )
  })

  # A policy and the block at once are refused.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
