# More containers of the task, which start and stop with it.
locals {
  # `try`, because both results of a condition must have the same type.
  main_log = try(
    merge(
      { logDriver = var.log_configuration.log_driver, options = var.log_configuration.options },
      { for field, options in { secretOptions = [for name, arn in var.log_configuration.secret_options : { name = name, valueFrom = arn }] } : field => options if length(options) > 0 },
    ),
    local.log,
  )

  sidecar_containers = [for name, sidecar in var.sidecars : {
    name                   = name
    image                  = sidecar.image
    essential              = sidecar.essential
    entryPoint             = length(sidecar.entry_point) > 0 ? sidecar.entry_point : null
    command                = length(sidecar.command) > 0 ? sidecar.command : null
    user                   = sidecar.user
    cpu                    = sidecar.cpu
    memory                 = sidecar.memory
    memoryReservation      = sidecar.memory_reservation
    readonlyRootFilesystem = sidecar.readonly_root_filesystem
    stopTimeout            = sidecar.stop_timeout
    portMappings           = [for label, port in sidecar.ports : { name = label, containerPort = port, hostPort = port, protocol = "tcp" }]
    environment            = [for variable, value in sidecar.environment : { name = variable, value = value }]
    secrets                = [for variable, arn in sidecar.secrets : { name = variable, valueFrom = arn }]
    dependsOn              = length(sidecar.dependencies) > 0 ? [for other, condition in sidecar.dependencies : { containerName = other, condition = condition }] : null
    mountPoints            = [for path in sidecar.scratch : { sourceVolume = local.scratch_names[path], containerPath = path, readOnly = false }]
    healthCheck = sidecar.health_check == null ? null : {
      command     = sidecar.health_check.command
      interval    = sidecar.health_check.interval
      timeout     = sidecar.health_check.timeout
      retries     = sidecar.health_check.retries
      startPeriod = sidecar.health_check.start_period
    }
    firelensConfiguration = sidecar.firelens_configuration
    logConfiguration      = local.log
  }]

  all_names = concat([local.container_name], local.init_containers[*].name, keys(var.sidecars))
  waited_for_end = distinct([
    for pair in flatten([for dependencies in concat([var.dependencies], [for sidecar in var.sidecars : sidecar.dependencies]) : [
      for name, condition in dependencies : { name = name, condition = condition }
    ]]) : pair.name if contains(["SUCCESS", "COMPLETE"], pair.condition)
  ])
  reserved = {
    cpu    = sum(concat([0], [for sidecar in var.sidecars : coalesce(sidecar.cpu, 0)]))
    memory = sum(concat([0], [for sidecar in var.sidecars : coalesce(sidecar.memory, sidecar.memory_reservation, 0)]))
  }
}
