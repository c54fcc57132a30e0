resource "aws_cloudwatch_log_group" "flow" {
  # checkov:skip=CKV_AWS_338:how long is the user's choice; a year of flow logs costs more than a sleeping environment
  # checkov:skip=CKV_AWS_158:encrypted by CloudWatch Logs itself unless the user gives a key
  count             = var.flow_logs.enabled ? 1 : 0
  name              = "/aws/vpc/${var.name}"
  retention_in_days = var.flow_logs.retention_days
  kms_key_id        = var.flow_logs.kms_key_arn
  tags              = var.tags
}

data "aws_caller_identity" "here" {
  count = var.flow_logs.enabled ? 1 : 0
}

locals {
  # IAM's names are unique in the account, so the name contains the region; one that is too long ends in a
  # hash of it.
  flow_name = "${var.name}-flow-logs-${try(data.aws_region.here[0].id, "")}"
  flow_role = length(local.flow_name) <= 64 ? local.flow_name : "${substr(local.flow_name, 0, 56)}-${substr(sha256(local.flow_name), 0, 7)}"
}

resource "aws_iam_role" "flow" {
  count                = var.flow_logs.enabled ? 1 : 0
  name                 = local.flow_role
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here[0].account_id } }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "flow" {
  count = var.flow_logs.enabled ? 1 : 0
  name  = "write"
  role  = aws_iam_role.flow[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
      Resource = "${aws_cloudwatch_log_group.flow[0].arn}:*"
    }]
  })
}

resource "aws_flow_log" "vpc" {
  count                    = var.flow_logs.enabled ? 1 : 0
  vpc_id                   = local.vpc_id
  traffic_type             = var.flow_logs.traffic
  max_aggregation_interval = var.flow_logs.interval_seconds
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow[0].arn
  iam_role_arn             = aws_iam_role.flow[0].arn
  tags                     = merge(var.tags, { Name = var.name })
}
