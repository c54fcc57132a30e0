locals {
  makes_role          = var.monitoring.seconds > 0 && var.monitoring.role_arn == null
  monitoring_role_arn = local.makes_role ? aws_iam_role.monitoring[0].arn : var.monitoring.role_arn

  # IAM's names are unique in the account, so the names contain the region.
  role_names = { for kind, name in { monitoring = "${var.name}-monitoring-${data.aws_region.here.id}", hours = "${var.name}-hours-${data.aws_region.here.id}" } :
    kind => length(name) <= 64 ? name : "${substr(name, 0, 56)}-${substr(sha256(name), 0, 7)}"
  }

  # Otherwise RDS creates them itself, without an expiry of the logs.
  log_types  = !var.monitoring.logs ? [] : local.aurora ? ["postgresql"] : ["postgresql", "upgrade"]
  log_prefix = "/aws/rds/${local.aurora ? "cluster" : "instance"}/${var.name}"
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:how long is the user's choice
  # checkov:skip=CKV_AWS_158:encrypted by CloudWatch Logs itself unless the user gives a key
  for_each          = toset(local.log_types)
  name              = "${local.log_prefix}/${each.key}"
  retention_in_days = var.monitoring.log_retention_days
  kms_key_id        = var.monitoring.log_key_arn
  tags              = var.tags
}

data "aws_partition" "here" {}

data "aws_caller_identity" "here" {}

data "aws_region" "here" {}

resource "aws_iam_role" "monitoring" {
  count                = local.makes_role ? 1 : 0
  name                 = local.role_names.monitoring
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  # Only for this account's database of this name; Aurora instances have a number after it.
  # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${data.aws_partition.here.partition}:rds:${data.aws_region.here.id}:${data.aws_caller_identity.here.account_id}:db:${var.name}${local.aurora ? "-*" : ""}" }
      }
    }]
  })
  tags = var.tags
}

# AWS's own policy for it: its log group RDSOSMetrics is the account's, not this database's.
resource "aws_iam_role_policy_attachment" "monitoring" {
  count      = local.makes_role ? 1 : 0
  role       = aws_iam_role.monitoring[0].name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
