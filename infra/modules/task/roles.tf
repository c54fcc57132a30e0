# Two roles: with the execution role ECS pulls, logs and injects secrets; with the task role the container
# itself calls AWS. Each statement's name is its purpose.
locals {
  task_role_arn      = var.task_role != null ? var.task_role.arn : aws_iam_role.task[0].arn
  execution_role_arn = var.execution_role != null ? var.execution_role.arn : aws_iam_role.execution[0].arn
  task_role_name     = var.task_role != null ? var.task_role.name : aws_iam_role.task[0].name
  execution_name     = var.execution_role != null ? var.execution_role.name : aws_iam_role.execution[0].name

  # 111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app:1, without the part after the repository.
  ecr_pattern      = "^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com[a-z.]*/([^:@]+)"
  ecr_repositories = distinct([for image in compact(concat([var.image, var.entrypoint.image], [for sidecar in var.sidecars : sidecar.image])) : regex(local.ecr_pattern, image) if can(regex(local.ecr_pattern, image))])

  # A secret's own ARN, without the key and version that may follow it.
  secret_pattern   = "arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:#]+"
  injected         = concat(values(local.secrets), values(local.database_user_secrets), flatten([for sidecar in var.sidecars : values(sidecar.secrets)]), try(values(var.log_configuration.secret_options), []))
  injected_secrets = distinct([for arn in local.injected : regex(local.secret_pattern, arn) if !strcontains(arn, ":ssm:")])
  injected_params  = distinct([for arn in local.injected : arn if strcontains(arn, ":ssm:")])

  # The secrets that the entrypoint reads. A secret's ARN ends in its name, a hyphen and six characters of
  # AWS, so that a name determines all of it but these. Six question marks match only them: a `*` would match
  # every secret whose name begins with this one.
  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
  asked_arns        = [for value in values(var.environment) : regex(local.secret_pattern, value) if startswith(value, "secretsmanager:arn:")]
  asked_names       = [for value in values(var.environment) : regex("^secretsmanager:([^:#]+)", value)[0] if startswith(value, "secretsmanager:") && !startswith(value, "secretsmanager:arn:")]
  asked_for_secrets = distinct(concat(local.behind && var.database != null ? [local.app_secret_arn] : [], local.asked_arns))
  asked_by_name     = distinct([for name in local.asked_names : "arn:${data.aws_partition.here.partition}:secretsmanager:${data.aws_region.here.id}:${data.aws_caller_identity.here.account_id}:secret:${name}-??????"])

  execution_statements = [
    {
      Sid      = "Login"
      Action   = ["ecr:GetAuthorizationToken"]
      Resource = length(local.ecr_repositories) > 0 ? ["*"] : [] # AWS has no scope for it.
    },
    {
      Sid      = "Pull"
      Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource = [for repository in local.ecr_repositories : "arn:${data.aws_partition.here.partition}:ecr:${repository[1]}:${repository[0]}:repository/${repository[2]}"]
    },
    {
      Sid      = "Log"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
    },
    {
      Sid      = "Secrets"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = local.injected_secrets
    },
    {
      Sid      = "Parameters"
      Action   = ["ssm:GetParameters"]
      Resource = local.injected_params
    },
    {
      Sid       = "Keys"
      Action    = ["kms:Decrypt"]
      Resource  = length(local.injected_secrets) > 0 ? tolist(var.secret_key_arns) : []
      Condition = local.key_conditions.injected
    },
    {
      # A parameter's encryption context has another key than a secret's.
      Sid      = "ParameterKeys"
      Action   = ["kms:Decrypt"]
      Resource = length(local.injected_params) > 0 ? tolist(var.secret_key_arns) : []
      Condition = {
        StringEquals = {
          "kms:ViaService"                      = "ssm.${data.aws_region.here.id}.amazonaws.com"
          "kms:EncryptionContext:PARAMETER_ARN" = local.injected_params
        }
      }
    },
  ]

  key_conditions = { for kind, arns in { injected = local.injected_secrets, asked = local.asked_for_secrets } : kind => {
    StringEquals = {
      "kms:ViaService"                  = "secretsmanager.${data.aws_region.here.id}.amazonaws.com"
      "kms:EncryptionContext:SecretARN" = arns
    }
  } }

  task_statements = concat(
    [
      {
        Sid      = "Secrets"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = concat(local.asked_for_secrets, local.asked_by_name)
      },
      {
        Sid      = "KeysByName"
        Action   = ["kms:Decrypt"]
        Resource = length(local.asked_by_name) > 0 ? tolist(var.secret_key_arns) : []
        Condition = {
          StringEquals = { "kms:ViaService" = "secretsmanager.${data.aws_region.here.id}.amazonaws.com" }
          StringLike   = { "kms:EncryptionContext:SecretARN" = local.asked_by_name }
        }
      },
      {
        Sid       = "Keys"
        Action    = ["kms:Decrypt"]
        Resource  = length(local.asked_for_secrets) > 0 ? tolist(var.secret_key_arns) : []
        Condition = local.key_conditions.asked
      },
      {
        # AWS has no scope for the session's channels.
        Sid      = "Exec"
        Action   = ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]
        Resource = var.enable_execute_command ? ["*"] : []
      },
    ],
    # A policy must not be empty: for an entrypoint that reads no secret, a permission that ECS uses anyway.
    [for log in local.behind ? ["Log"] : [] : {
      Sid      = log
      Action   = ["logs:PutLogEvents"]
      Resource = length(local.asked_for_secrets) + length(local.asked_by_name) > 0 ? [] : ["${aws_cloudwatch_log_group.this.arn}:*"]
    }],
    [for name, mount in var.file_systems : {
      Sid       = "Mount${replace(title(replace(name, "/[^a-zA-Z0-9]/", " ")), " ", "")}"
      Action    = concat(["elasticfilesystem:ClientMount"], mount.read_only ? [] : ["elasticfilesystem:ClientWrite"])
      Resource  = [mount.file_system_arn]
      Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = mount.access_point_arn } }
    }],
    flatten([for name, bucket in var.buckets : [
      {
        Sid       = "List${replace(title(replace(name, "/[^a-zA-Z0-9]/", " ")), " ", "")}"
        Action    = ["s3:ListBucket"]
        Resource  = [bucket.arn]
        Condition = bucket.prefix == "" ? null : { StringLike = { "s3:prefix" = ["${bucket.prefix}*"] } }
      },
      {
        # These two do not support a prefix.
        Sid       = "Look${replace(title(replace(name, "/[^a-zA-Z0-9]/", " ")), " ", "")}"
        Action    = ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
        Resource  = [bucket.arn]
        Condition = null
      },
      {
        Sid       = "Use${replace(title(replace(name, "/[^a-zA-Z0-9]/", " ")), " ", "")}"
        Action    = concat(["s3:GetObject"], bucket.access == "write" ? ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"] : [])
        Resource  = ["${bucket.arn}/${bucket.prefix}*"]
        Condition = null
      },
      {
        Sid       = "Key${replace(title(replace(name, "/[^a-zA-Z0-9]/", " ")), " ", "")}"
        Action    = concat(["kms:Decrypt"], bucket.access == "write" ? ["kms:GenerateDataKey"] : [])
        Resource  = compact([bucket.kms_key_arn])
        Condition = { StringEquals = { "kms:ViaService" = "s3.${data.aws_region.here.id}.amazonaws.com" } }
      },
    ]]),
  )

  allowed = { for role, statements in { execution = local.execution_statements, task = local.task_statements } : role => jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in statements : merge({ Effect = "Allow" }, { for field, value in statement : field => value if value != null })
      if length(statement.Resource) > 0
    ]
  }) }

  # Only tasks of this account become these roles.
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here.account_id } }
    }]
  })

  # Whether there is a policy must be known before the values that name secrets.
  task_may_something = local.behind || var.enable_execute_command || length(var.file_systems) + length(var.buckets) > 0
}

locals {
  # IAM's names are unique in the account, so these contain the region; one that is too long ends in a hash of
  # it.
  role_names = { for kind, name in { execution = "${var.name}-execution-${data.aws_region.here.id}", task = "${var.name}-task-${data.aws_region.here.id}" } :
    kind => length(name) <= 64 ? name : "${substr(name, 0, 56)}-${substr(sha256(name), 0, 7)}"
  }
}

data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

resource "aws_iam_role" "execution" {
  count                = var.execution_role == null ? 1 : 0
  name                 = local.role_names.execution
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.trust
  tags                 = var.tags
}

resource "aws_iam_role_policy" "execution" {
  # checkov:skip=CKV_AWS_355:the login to ECR has no scope but *
  count  = try(var.execution_role.attach, true) ? 1 : 0
  name   = "${var.name}-start"
  role   = local.execution_name
  policy = local.allowed.execution
}

resource "aws_iam_role" "task" {
  count                = var.task_role == null ? 1 : 0
  name                 = local.role_names.task
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.trust
  tags                 = var.tags
}

resource "aws_iam_role_policy" "task" {
  # checkov:skip=CKV_AWS_355:the channels of ECS Exec have no scope but *
  # checkov:skip=CKV_AWS_290:the channels of ECS Exec have no scope but *
  count  = try(var.task_role.attach, true) && local.task_may_something ? 1 : 0
  name   = "${var.name}-run"
  role   = local.task_role_name
  policy = local.allowed.task
}

resource "aws_iam_role_policy" "more" {
  for_each = var.policies
  name     = each.key
  role     = local.task_role_name
  policy   = each.value
}
