# WAKER_CONFIG, without unset fields: the waker has its own defaults, and Lambda's limit is 4 KB.
locals {
  config_environments = [
    for name, environment in var.environments : merge(
      {
        for field, value in {
          name  = name
          hosts = length(environment.hosts) > 0 ? environment.hosts : null
          route = {
            rule_arn               = aws_lb_listener_rule.route[name].arn
            app_target_group_arn   = environment.app_target_group_arn
            waker_target_group_arn = aws_lb_target_group.waker[name].arn
          }
          services = [
            for service in environment.services : {
              for field, value in {
                cluster          = service.cluster_arn
                service          = service.name
                count            = service.count
                target_group_arn = service.target_group_arn
                after            = length(service.after) > 0 ? service.after : null
                optional         = service.optional
              } : field => value if value != null
            }
          ]
          database              = local.config_databases[name]
          hold_seconds          = environment.hold_seconds
          hold_rounds           = environment.hold_rounds
          idle_timeout_seconds  = environment.idle_timeout_seconds
          idle_after_seconds    = environment.idle_after_seconds
          min_awake_seconds     = environment.min_awake_seconds
          metrics_delay_seconds = environment.metrics_delay_seconds
          websockets            = environment.websockets
          schedule              = environment.schedule
          never_sleep           = environment.never_sleep
          dry_run               = environment.dry_run
          guard                 = environment.guard == null ? null : { for field, value in environment.guard : field => value if value != null }
          theme                 = environment.theme == null ? null : { for field, value in environment.theme : field => value if value != null }
          cors                  = environment.cors == null ? null : { for field, value in environment.cors : field => value if value != null }
        } : field => value if value != null
      },
      try(var.extra[name], {}),
    )
  ]

  config_databases = {
    for name, environment in var.environments : name => environment.database == null ? null : {
      for field, value in {
        kind           = environment.database.kind
        identifier     = element(split(":", environment.database.arn), 6)
        stop_when_idle = environment.database.stop_when_idle
        probe          = local.config_probes[name]
      } : field => value if value != null
    }
  }

  config_probes = {
    for name, environment in var.environments : name => try(
      { connect = { for field, value in { host = environment.database.connect.host, port = environment.database.connect.port } : field => value if value != null } },
      {
        data_api = {
          for field, value in {
            resource_arn = environment.database.arn
            secret_arn   = environment.database.data_api.secret_arn
            database     = environment.database.data_api.database
          } : field => value if value != null
        }
      },
      null,
    )
  }

  config_json = jsonencode({ environments = local.config_environments })
}

# Apart from `environments`, because `any` inside a map must be of one type for all its values.
variable "extra" {
  description = "More fields of the waker's configuration, by environment, as in `waker/docs/configuration.md`: they are added to the JSON unchanged, and replace those of `environments`."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.extra))
    error_message = "extra must be an object whose keys are names of environments."
  }
}
