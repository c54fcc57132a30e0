data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

# One key for the environment. The roles' policies say who may use it; CloudWatch Logs has no role, so the
# key's policy admits it, for this account's log groups.
resource "aws_kms_key" "this" {
  count               = var.own_key ? 1 : 0
  description         = "Images, logs, uploads and database of ${local.name}"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    # In a key's own policy the resource is always that key, and can only be written as "*":
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
    Statement = [
      {
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.here.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${data.aws_partition.here.partition}:logs:${var.region}:${data.aws_caller_identity.here.account_id}:log-group:*" } }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  count         = var.own_key ? 1 : 0
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.this[0].key_id
}
