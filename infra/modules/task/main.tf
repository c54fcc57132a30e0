# The task definition: the main container and, in front of it, the init container with the entrypoint.
locals {
  behind = var.entrypoint.from != "none"
  shared = "/reveille"
  binary = var.entrypoint.from == "init" ? "${local.shared}/entrypoint" : var.entrypoint.path

  container_name = coalesce(var.container_name, var.name)

  log = {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.this.name
      awslogs-region        = data.aws_region.here.id
      awslogs-stream-prefix = "task"
    }
  }

  database_variables = var.database == null ? {} : merge(
    { DB_SSLMODE = var.database.sslmode },
    var.database.from_secret ? {} : {
      DB_HOST = var.database.host
      DB_PORT = tostring(var.database.port)
      DB_NAME = var.database.name
    },
    local.behind ? { DB_SECRET = local.app_secret_arn } : {},
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

  # ECS names volumes, so the name is made of the path. Two containers with the same path share one volume.
  scratch_names = { for path in setunion(var.scratch, [for sidecar in var.sidecars : sidecar.scratch]...) : path => "scratch${replace(path, "/[^a-zA-Z0-9]/", "-")}" }

  main_container = {
    name                   = local.container_name
    image                  = var.image
    essential              = true
    entryPoint             = local.behind ? [local.binary, "--"] : null
    command                = length(var.command) > 0 ? var.command : null
    user                   = var.user
    readonlyRootFilesystem = var.readonly_root_filesystem
    stopTimeout            = var.stop_timeout
    linuxParameters        = { initProcessEnabled = var.enable_execute_command }
    portMappings           = [for name, port in var.ports : { name = name, containerPort = port, hostPort = port, protocol = "tcp" }]
    environment            = [for name, value in local.variables : { name = name, value = value }]
    secrets                = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
    dependsOn              = length(local.init_containers) + length(var.dependencies) > 0 ? concat([for container in local.init_containers : { containerName = container.name, condition = "SUCCESS" }], [for name, condition in var.dependencies : { containerName = name, condition = condition }]) : null
    mountPoints = concat(
      var.entrypoint.from == "init" ? [{ sourceVolume = "reveille", containerPath = local.shared, readOnly = true }] : [],
      [for files in var.files[*] : { sourceVolume = "files", containerPath = files.path, readOnly = true }],
      [for path in var.scratch : { sourceVolume = local.scratch_names[path], containerPath = path, readOnly = false }],
      [for name, mount in var.file_systems : { sourceVolume = name, containerPath = mount.path, readOnly = mount.read_only }],
    )
    healthCheck = var.health_check == null ? null : {
      command     = var.health_check.command
      interval    = var.health_check.interval
      timeout     = var.health_check.timeout
      retries     = var.health_check.retries
      startPeriod = var.health_check.start_period
    }
    logConfiguration = local.main_log
  }

  # They end before the main container begins, so they must not be essential.
  init_containers = concat(
    var.entrypoint.from == "init" ? [local.entrypoint_container] : [],
    local.database_user_containers,
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
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_ecs_task_definition" "this" {
  # checkov:skip=CKV_AWS_336:read-only unless the user says otherwise
  # checkov:skip=CKV_AWS_249:two roles are created; if both are the user's, the check takes two unknown ARNs
  # for one
  # checkov:skip=CKV_AWS_97:every EFS volume has it; the check does not read dynamic blocks
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.size.cpu
  memory                   = var.size.memory
  execution_role_arn       = local.execution_role_arn
  task_role_arn            = local.task_role_arn
  tags                     = var.tags
  container_definitions = jsonencode([
    for container in concat([local.main_container], local.init_containers, local.sidecar_containers) :
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
    for_each = toset(concat(var.entrypoint.from == "init" ? ["reveille"] : [], var.files == null ? [] : ["files"], values(local.scratch_names)))
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
      condition     = !(var.enable_execute_command && var.readonly_root_filesystem)
      error_message = "ECS Exec (enable_execute_command) needs readonly_root_filesystem = false: its agent writes there."
    }
    precondition {
      condition     = local.behind || alltrue([for value in values(var.environment) : !startswith(value, "secretsmanager:")])
      error_message = "A value of environment that begins with secretsmanager: is read by the entrypoint, and there is none: use secrets, which ECS reads, or set entrypoint."
    }
    precondition {
      condition     = local.behind || !try(var.database.from_secret, false)
      error_message = "database.from_secret needs the entrypoint: ECS reads single keys of a secret, and knows no names for a host in it."
    }
    precondition {
      condition     = length(setsubtract(flatten([keys(var.dependencies), [for sidecar in var.sidecars : keys(sidecar.dependencies)]]), local.all_names)) == 0
      error_message = "dependencies must name containers of the task: ${join(", ", sort(local.all_names))}."
    }
    precondition {
      condition     = length(setintersection(keys(var.sidecars), concat([local.container_name], local.init_containers[*].name))) == 0
      error_message = "A sidecar's name must differ from the other containers': ${join(", ", concat([local.container_name], local.init_containers[*].name))}."
    }
    precondition {
      condition     = alltrue([for name in local.waited_for_end : !try(var.sidecars[name].essential, name == local.container_name)])
      error_message = "A container that others wait for with SUCCESS or COMPLETE ends before they begin, so that it needs essential = false: ${join(", ", local.waited_for_end)}."
    }
    precondition {
      condition     = local.reserved.cpu <= var.size.cpu && local.reserved.memory <= var.size.memory
      error_message = "The sidecars reserve ${local.reserved.cpu} CPU units and ${local.reserved.memory} MiB, and the task's size has ${var.size.cpu} and ${var.size.memory} for all containers."
    }
    precondition {
      condition     = try(var.log_configuration.log_driver, "") != "awsfirelens" || anytrue([for sidecar in var.sidecars : sidecar.firelens_configuration != null])
      error_message = "The log driver awsfirelens needs a sidecar with firelens_configuration: the log router."
    }
    precondition {
      condition     = var.database_user == null || (local.behind && var.database != null)
      error_message = "database_user needs database, whose secret_arn has the master's login, and the entrypoint (entrypoint.from), which creates the user."
    }
    precondition {
      condition     = var.database_user == null || !try(var.database.from_secret, false)
      error_message = "database_user needs the database's host and name, not database.from_secret: the app may not read the master's secret, where they would be."
    }
    precondition {
      condition     = var.database_user == null || try(var.database_user.secret_arn != var.database.secret_arn, true)
      error_message = "database_user.secret_arn must be another secret than database.secret_arn, which has the master's login."
    }
  }
}
