# The function, its log group, and the load balancer's permission to invoke it.
locals {
  # Any of the listeners: the function is in the region and the account of its load balancers.
  listener = regex("^arn:(?P<partition>[^:]+):elasticloadbalancing:(?P<region>[^:]+):(?P<account>[0-9]{12}):", values(var.environments)[0].listener_arn)
  # Known before the function exists, for the policy that names it.
  function_arn = "arn:${local.listener.partition}:lambda:${local.listener.region}:${local.listener.account}:function:${var.name}"

  # A name that is too long for AWS ends in a hash of it: the same at every plan, and different for each
  # environment.
  target_group_names = { for key in keys(var.environments) : key => length("${var.name}-${key}") <= 32 ? "${var.name}-${key}" : "${trimsuffix(substr("${var.name}-${key}", 0, 24), "-")}-${substr(sha256("${var.name}-${key}"), 0, 7)}" }

  variables = merge(
    var.environment_variables,
    var.config_layer == null ? { WAKER_CONFIG = local.config_json } : { WAKER_CONFIG_FILE = var.config_layer.file },
  )
}

resource "aws_cloudwatch_log_group" "waker" {
  # checkov:skip=CKV_AWS_338:how long is the user's choice
  # checkov:skip=CKV_AWS_158:encrypted by CloudWatch Logs itself unless the user gives a key
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "waker" {
  # checkov:skip=CKV_AWS_115:a limit answers visitors with 502; reserved_concurrent_executions sets one
  # checkov:skip=CKV_AWS_116:a failed tick is followed by the next one, and visitors are answered
  # synchronously
  # checkov:skip=CKV_AWS_117:the VPC costs money while everything sleeps and is needed for a connect probe
  # only
  # checkov:skip=CKV_AWS_50:the function's log has each step with its time, so tracing adds nothing
  # checkov:skip=CKV_AWS_272:the zip is built by the user; its hash is in the plan
  # checkov:skip=CKV_AWS_173:the configuration holds ARNs and no secret; kms_key_arn encrypts it with a key of
  # the user's
  function_name                  = var.name
  description                    = "Reveille: wakes environments, and puts them to sleep"
  role                           = local.role.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = [local.lambda_architectures[var.cpu_architecture]]
  memory_size                    = var.memory_size
  timeout                        = local.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrent_executions
  filename                       = var.package.file
  source_code_hash               = try(filebase64sha256(var.package.file), null)
  s3_bucket                      = var.package.s3_bucket
  s3_key                         = var.package.s3_key
  s3_object_version              = var.package.s3_object_version
  kms_key_arn                    = var.kms_key_arn
  layers                         = var.config_layer[*].arn
  tags                           = var.tags

  environment {
    variables = local.variables
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.waker.name
    application_log_level = var.log_level
    system_log_level      = "WARN"
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = concat(aws_security_group.waker[*].id, vpc_config.value.security_group_ids)
    }
  }

  lifecycle {
    precondition {
      condition     = try(fileexists(var.package.file), true)
      error_message = "There is no zip at package.file: build it with infra/release/build ${var.cpu_architecture}."
    }
    precondition {
      condition     = length(local.processors_of_package) == 0 || contains(local.processors_of_package, var.cpu_architecture)
      error_message = "cpu_architecture is ${var.cpu_architecture}, but by its name the package is for another processor: ${local.name_of_package}."
    }
    precondition {
      condition     = var.reserved_concurrent_executions == -1 || var.account_concurrency == null || try(var.reserved_concurrent_executions + 100 <= var.account_concurrency, false)
      error_message = "reserved_concurrent_executions must leave 100 of the account's ${coalesce(var.account_concurrency, 0)} concurrent executions to its other functions: at most ${coalesce(var.account_concurrency, 0) - 100}."
    }
    precondition {
      condition     = local.sizes.variables <= 4096
      error_message = "The function's variables have ${local.sizes.variables} bytes, and Lambda has 4,096 for them: give the configuration as a file with config_layer, or spread the environments over several wakers."
    }
    precondition {
      condition     = length(setsubtract(keys(var.authenticate), keys(var.environments))) == 0
      error_message = "authenticate must name environments that there are; it names ${join(", ", setsubtract(keys(var.authenticate), keys(var.environments)))}."
    }
    precondition {
      condition     = var.vpc != null || alltrue([for environment in var.environments : try(environment.database.connect, null) == null])
      error_message = "A database is probed by connect, which needs the function in its VPC: set vpc, or use data_api."
    }
  }

  depends_on = [aws_iam_role_policy.waker]
}

resource "aws_lb_target_group" "waker" {
  for_each                           = var.environments
  name                               = local.target_group_names[each.key]
  target_type                        = "lambda"
  lambda_multi_value_headers_enabled = true
  tags                               = var.tags
}

resource "aws_lambda_permission" "load_balancer" {
  for_each      = var.environments
  statement_id  = "load-balancer-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.waker.function_name
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.waker[each.key].arn
}

resource "aws_lb_target_group_attachment" "waker" {
  for_each         = var.environments
  target_group_arn = aws_lb_target_group.waker[each.key].arn
  target_id        = aws_lambda_function.waker.arn

  # The load balancer invokes the function when it is registered.
  depends_on = [aws_lambda_permission.load_balancer]
}
