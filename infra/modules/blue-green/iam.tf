# Instead of AWS's AWSCodeDeployRoleForECS, which is for every service, listener and role.
data "aws_region" "here" {}

locals {
  # IAM's names are unique in the account, so the name contains the region; one that is too long ends in a
  # hash of it.
  long_role_name = "${var.name}-deploy-${data.aws_region.here.id}"
  role_name      = length(local.long_role_name) <= 64 ? local.long_role_name : "${substr(local.long_role_name, 0, 56)}-${substr(sha256(local.long_role_name), 0, 7)}"

  statements = [for statement in local.allow : statement if length(statement.Resource) > 0]
  allow = [
    {
      Sid      = "Service"
      Effect   = "Allow"
      Action   = ["ecs:CreateTaskSet", "ecs:DeleteTaskSet", "ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"]
      Resource = [local.service_arn, local.task_set_arn]
    },
    {
      # AWS has no scope for the load balancer's actions; AWSCodeDeployRoleForECS also has the alarms' on all.
      Sid      = "Look"
      Effect   = "Allow"
      Action   = ["cloudwatch:DescribeAlarms", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetGroups"]
      Resource = ["*"]
    },
    {
      Sid      = "Shift"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule"]
      Resource = concat(local.listeners, local.rules)
    },
    {
      Sid       = "HandOver"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = var.role_arns
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
    {
      Sid      = "ReadAppSpecs"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:GetObjectVersion"]
      Resource = var.appspec_arns
    },
  ]
}

resource "aws_iam_role" "this" {
  name                 = local.role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = element(split(":", var.cluster_arn), 4) } }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "this" {
  # checkov:skip=CKV_AWS_355:read-only actions of the load balancer have no scope but *
  name   = "deploy"
  role   = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
