# The task definition: the main container and, in front of it, the one that brings the entrypoint.
locals {
  behind = var.entrypoint.from != "none"
  shared = "/reveille"
  binary = var.entrypoint.from == "init" ? "${local.shared}/entrypoint" : var.entrypoint.path

  log = {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.this.name
      awslogs-region        = data.aws_region.here.id
      awslogs-stream-prefix = "task"
    }
  }

  database_variables = var.database == null ? {} : merge(
    {
      DB_HOST    = var.database.host
      DB_PORT    = tostring(var.database.port)
      DB_NAME    = var.database.name
      DB_SSLMODE = var.database.sslmode
    },
    local.behind ? { DB_SECRET = var.database.secret_arn } : {},
  )
  database_secrets = var.database == null || local.behind ? {} : {
    DB_USER     = "${var.database.secret_arn}:username::"
    DB_PASSWORD = "${var.database.secret_arn}:password::"
  }
  entrypoint_variables = { for name, value in merge({
    ENTRYPOINT_EXPORT  = join(" ", [for variable, form in var.entrypoint.export : "${variable}=${form}"])
    ENTRYPOINT_WAIT    = join(" ", var.entrypoint.wait)
    ENTRYPOINT_TIMEOUT = var.entrypoint.timeout_seconds == null ? "" : tostring(var.entrypoint.timeout_seconds)
  }, var.entrypoint.variables) : name => value if value != "" && local.behind }

  variables = merge(local.database_variables, local.entrypoint_variables, var.environment)
  secrets   = merge(local.database_secrets, var.secrets)

  # ECS names a volume, so a path must become one.
  scratch = { for path in var.scratch : "scratch${replace(path, "/[^a-zA-Z0-9]/", "-")}" => path }

  main_container = {
    name                   = var.name
    image                  = var.image
    essential              = true
    entryPoint             = local.behind ? [local.binary, "--"] : null
    command                = length(var.command) > 0 ? var.command : null
    user                   = var.user
    readonlyRootFilesystem = var.read_only_root
    stopTimeout            = var.stop_timeout_seconds
    linuxParameters        = { initProcessEnabled = var.exec }
    portMappings           = [for name, port in var.ports : { name = name, containerPort = port, hostPort = port, protocol = "tcp" }]
    environment            = [for name, value in local.variables : { name = name, value = value }]
    secrets                = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
    dependsOn              = length(local.init_containers) > 0 ? [for container in local.init_containers : { containerName = container.name, condition = "SUCCESS" }] : null
    mountPoints = concat(
      var.entrypoint.from == "init" ? [{ sourceVolume = "reveille", containerPath = local.shared, readOnly = true }] : [],
      [for files in var.files[*] : { sourceVolume = "files", containerPath = files.path, readOnly = true }],
      [for name, path in local.scratch : { sourceVolume = name, containerPath = path, readOnly = false }],
      [for name, mount in var.file_systems : { sourceVolume = name, containerPath = mount.path, readOnly = mount.read_only }],
    )
    healthCheck = var.health_check == null ? null : {
      command     = var.health_check.command
      interval    = var.health_check.interval_seconds
      timeout     = var.health_check.timeout_seconds
      retries     = var.health_check.retries
      startPeriod = var.health_check.start_period_seconds
    }
    logConfiguration = local.log
  }

  # They end before the main container begins, so they must not be essential.
  init_containers = concat(
    var.entrypoint.from == "init" ? [local.entrypoint_container] : [],
    [for files in var.files[*] : {
      name                   = "files"
      image                  = files.image
      essential              = false
      command                = ["sh", "-c", join(" && ", [for index, name in keys(files.content) : "printf %s \"$FILE_${index}\" > /files/${name}"])]
      environment            = [for index, name in keys(files.content) : { name = "FILE_${index}", value = files.content[name] }]
      readonlyRootFilesystem = true
      mountPoints            = [{ sourceVolume = "files", containerPath = "/files", readOnly = false }]
      logConfiguration       = local.log
    }],
  )

  entrypoint_container = {
    name                   = "entrypoint"
    image                  = var.entrypoint.image
    essential              = false
    command                = ["install", local.shared]
    readonlyRootFilesystem = true
    mountPoints            = [{ sourceVolume = "reveille", containerPath = local.shared, readOnly = false }]
    logConfiguration       = local.log
  }
}

data "aws_region" "here" {}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:how long is the user's choice
  # checkov:skip=CKV_AWS_158:encrypted by CloudWatch Logs itself unless the user gives a key
  name              = coalesce(var.log_group_name, "/ecs/${var.name}")
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_key_arn
  tags              = var.tags
}

resource "aws_ecs_task_definition" "this" {
  # checkov:skip=CKV_AWS_336:read-only unless the user says otherwise
  # checkov:skip=CKV_AWS_97:every EFS volume has it; the check does not look into dynamic blocks
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.size.cpu
  memory                   = var.size.memory
  execution_role_arn       = local.execution_role_arn
  task_role_arn            = local.task_role_arn
  tags                     = var.tags
  container_definitions = jsonencode([
    for container in concat([local.main_container], local.init_containers) :
    { for field, value in container : field => value if value != null }
  ])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  dynamic "ephemeral_storage" {
    for_each = var.size.storage[*]
    content {
      size_in_gib = ephemeral_storage.value
    }
  }

  dynamic "volume" {
    for_each = toset(concat(var.entrypoint.from == "init" ? ["reveille"] : [], var.files == null ? [] : ["files"], keys(local.scratch)))
    content {
      name = volume.value
    }
  }

  dynamic "volume" {
    for_each = var.file_systems
    content {
      name = volume.key
      efs_volume_configuration {
        file_system_id     = volume.value.file_system_id
        transit_encryption = "ENABLED"
        authorization_config {
          access_point_id = volume.value.access_point_id
          iam             = "ENABLED"
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = length(local.images_of_another_processor) == 0
      error_message = "cpu_architecture is ${var.cpu_architecture}, but by its name this image is for another processor: ${join(", ", local.images_of_another_processor)}."
    }
    precondition {
      condition     = !local.behind || length(var.command) > 0
      error_message = "Behind the entrypoint the command must be written out: setting an entry point drops the image's own."
    }
    precondition {
      condition     = !(var.exec && var.read_only_root)
      error_message = "ECS Exec needs a writable root: its agent writes there."
    }
  }
}
