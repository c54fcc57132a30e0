# The function's permissions: each statement has the narrowest scope that AWS has for its actions (Service
# Authorization Reference of each service).
locals {
  services     = flatten([for environment in var.environments : environment.services])
  databases    = [for environment in var.environments : environment.database if environment.database != null]
  scales       = anytrue([for service in local.services : service.scales])
  cluster_arns = distinct([for service in local.services : service.cluster_arn])
  long_arns    = [for service in local.services : "${replace(service.cluster_arn, ":cluster/", ":service/")}/${service.name}"]
  # A service created before 2021 may have an ARN without its cluster, and so may its tasks. A condition on
  # the cluster restricts these.
  short_arns     = [for service in local.services : service.arn if service.arn != null && !contains(local.long_arns, coalesce(service.arn, "none"))]
  service_arns   = distinct(concat(local.long_arns, local.short_arns))
  task_arns      = distinct(concat([for arn in local.cluster_arns : "${replace(arn, ":cluster/", ":task/")}/*"], [for arn in local.short_arns : replace(arn, "/:service/.*$/", ":task/*")]))
  user_pool_arns = distinct(concat(var.cognito_user_pool_arns, [for login in var.authenticate : login.cognito.user_pool_arn if login.cognito != null]))
  route_arns     = [for rule in aws_lb_listener_rule.route : rule.arn]

  aurora_arns   = [for database in local.databases : database.arn if database.kind == "aurora"]
  instance_arns = [for database in local.databases : database.arn if database.kind == "instance"]
  probed        = [for database in local.databases : merge(database.data_api, { arn = database.arn }) if database.data_api != null]
  probe_keys    = [for probe in local.probed : probe if probe.kms_key_arn != null]
  any_stops     = { for kind in ["aurora", "instance"] : kind => [for database in local.databases : database.arn if database.kind == kind && database.stop_when_idle == true] }

  allow = [
    {
      Sid      = "Log"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.waker.arn}:*"]
    },
    {
      Sid      = "Services"
      Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
      Resource = local.service_arns
    },
    {
      # Its resource is a container instance, of which Fargate has none: the cluster is the scope.
      Sid       = "ListTasks"
      Action    = ["ecs:ListTasks"]
      Resource  = ["*"]
      Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arns } }
    },
    {
      Sid       = "Tasks"
      Action    = ["ecs:DescribeTasks", "ecs:GetTaskProtection"]
      Resource  = local.task_arns
      Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arns } }
    },
    {
      # AWS has no scope for any of these.
      Sid      = "LookAtLoadBalancers"
      Action   = ["elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetHealth"]
      Resource = ["*"]
    },
    {
      Sid      = "TurnRoutes"
      Action   = ["elasticloadbalancing:ModifyRule"]
      Resource = local.route_arns
    },
    {
      # ELB reads the user pool with the permissions of the rule's writer.
      Sid      = "Cognito"
      Action   = ["cognito-idp:DescribeUserPoolClient"]
      Resource = local.user_pool_arns
    },
    {
      Sid       = "NoteOnRoutes"
      Action    = ["elasticloadbalancing:AddTags"]
      Resource  = local.route_arns
      Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["reveille:state", "reveille:scaling", "reveille:wakes-0", "reveille:wakes-1"] } }
    },
    {
      # AWS has no scope for these two.
      Sid      = "Metrics"
      Action   = ["application-autoscaling:DescribeScalableTargets", "cloudwatch:GetMetricData"]
      Resource = ["*"]
    },
    {
      # A scalable target's ARN has an identifier of AWS's own, independent of the service; changing the count
      # itself also needs UpdateService on the service.
      Sid      = "SuspendScaling"
      Action   = ["application-autoscaling:RegisterScalableTarget"]
      Resource = !local.scales ? [] : ["arn:${local.listener.partition}:application-autoscaling:${local.listener.region}:${local.listener.account}:scalable-target/*"]
      Condition = { StringEquals = {
        "application-autoscaling:service-namespace"  = "ecs"
        "application-autoscaling:scalable-dimension" = "ecs:service:DesiredCount"
      } }
    },
    {
      # Application Auto Scaling refuses the call above without these permissions, although it does not use
      # them (its guide, security_iam_permission_validation); on which alarms is not documented.
      Sid      = "AlarmsOfScaling"
      Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"]
      Resource = local.scales ? ["*"] : []
    },
    {
      Sid      = "Aurora"
      Action   = ["rds:DescribeDBClusters", "rds:StartDBCluster"]
      Resource = local.aurora_arns
    },
    {
      # One of its instances may keep it from pausing. They are listed by the cluster's name: AWS checks a
      # list against all of them.
      Sid      = "AuroraMembers"
      Action   = ["rds:DescribeDBInstances"]
      Resource = distinct([for arn in local.aurora_arns : replace(arn, "/:cluster:.*$/", ":db:*")])
    },
    {
      Sid      = "StopAurora"
      Action   = ["rds:StopDBCluster"]
      Resource = local.any_stops.aurora
    },
    {
      Sid      = "Instances"
      Action   = ["rds:DescribeDBInstances", "rds:StartDBInstance"]
      Resource = local.instance_arns
    },
    {
      Sid      = "StopInstances"
      Action   = ["rds:StopDBInstance"]
      Resource = local.any_stops.instance
    },
    {
      Sid      = "DataApi"
      Action   = ["rds-data:ExecuteStatement"]
      Resource = [for probe in local.probed : probe.arn]
    },
    {
      Sid      = "DataApiSecrets"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = [for probe in local.probed : probe.secret_arn]
    },
    {
      Sid      = "DataApiKeys"
      Action   = ["kms:Decrypt"]
      Resource = [for probe in local.probe_keys : probe.kms_key_arn]
      Condition = {
        StringEquals = {
          "kms:ViaService"                  = "secretsmanager.${local.listener.region}.amazonaws.com"
          "kms:EncryptionContext:SecretARN" = [for probe in local.probe_keys : probe.secret_arn]
        }
      }
    },
    {
      # Lambda itself uses these to attach the function, and AWS accepts no scope for them.
      Sid      = "AttachToVpc"
      Action   = local.interface_actions
      Resource = var.vpc == null ? [] : ["*"]
    },
  ]

  interface_actions = [
    "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
  ]

  statements = concat(
    [for statement in local.allow : merge({ Effect = "Allow" }, { for field, value in statement : field => value if value != null }) if length(statement.Resource) > 0],
    # So that only Lambda can use them, and not the function's code.
    [for deny in var.vpc[*] : {
      Sid       = "NotByTheCode"
      Effect    = "Deny"
      Action    = local.interface_actions
      Resource  = ["*"]
      Condition = { ArnEquals = { "lambda:SourceFunctionArn" = [local.function_arn] } }
    }],
  )
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

data "aws_region" "here" {}

data "aws_caller_identity" "here" {}

locals {
  # IAM's names are unique in the account, so these contain the region. The region comes from a data source
  # and not from a listener's ARN: a changed name replaces the role, and a listener created in the same apply
  # has no ARN yet.
  role_names = { for kind, name in { waker = "${var.name}-${data.aws_region.here.id}", tick = "${var.name}-tick-${data.aws_region.here.id}" } :
    kind => length(name) <= 64 ? name : "${substr(name, 0, 56)}-${substr(sha256(name), 0, 7)}"
  }
  role      = { name = try(var.role.name, aws_iam_role.waker[0].name), arn = try(var.role.arn, aws_iam_role.waker[0].arn) }
  tick_role = { name = try(var.tick_role.name, aws_iam_role.tick[0].name), arn = try(var.tick_role.arn, aws_iam_role.tick[0].arn) }
}

resource "aws_iam_role" "waker" {
  count                = var.role == null ? 1 : 0
  name                 = local.role_names.waker
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here.account_id } }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "waker" {
  # checkov:skip=CKV_AWS_355:where the resource is * AWS has no scope for the action, as iam.tf says of each
  # checkov:skip=CKV_AWS_290:Lambda itself creates the network interfaces, and the code is denied them
  count  = try(var.role.attach, true) ? 1 : 0
  name   = "waker"
  role   = local.role.name
  policy = local.policy

  lifecycle {
    precondition {
      condition     = local.sizes.policy <= 10240
      error_message = "The function's policy has ${local.sizes.policy} characters, and IAM takes 10,240 for all inline policies of a role: spread the environments over several wakers, each of which has a role of its own. A service with scales = false and a database without data_api take fewer."
    }
  }
}
