locals {
  # Loki's smallest configuration with its chunks in S3.
  loki_config = yamlencode({
    auth_enabled = false
    server       = { http_listen_port = 3100 }
    common = {
      path_prefix        = "/loki"
      replication_factor = 1
      ring               = { kvstore = { store = "inmemory" } }
      storage            = { s3 = { region = var.region, bucketnames = module.logs.name } }
    }
    schema_config = {
      configs = [{
        from         = "2024-01-01"
        store        = "tsdb"
        object_store = "s3"
        schema       = "v13"
        index        = { prefix = "index_", period = "24h" }
      }]
    }
    # A task that is put to sleep has 120 s to write its remaining data to S3.
    ingester = { wal = { flush_on_shutdown = true } }
  })
}

module "loki_task" {
  source = "../../modules/task"
  name   = "${local.name}-loki"
  image  = var.images.loki
  size   = var.sizes.loki
  ports  = { http = 3100 }
  # Its index is written below /loki, which belongs to the image's own user.
  readonly_root_filesystem = false
  cpu_architecture         = var.cpu_architecture
  container_name           = "loki"
  stop_timeout             = 120
  enable_execute_command   = var.exec
  log_group_name           = "/ecs/${local.name}-loki"

  # ECS checks Loki itself, and replaces a task that is not ready for half a minute.
  health_check = var.loki_health_command == null ? null : { command = var.loki_health_command, start_period_seconds = 60 }

  command = ["-config.file=/etc/safebucket/loki.yaml"]
  files   = { path = "/etc/safebucket", content = { "loki.yaml" = local.loki_config } }
  buckets = { chunks = { arn = module.logs.arn } }
}

module "loki" {
  source                 = "../../modules/service"
  name                   = "${local.name}-loki"
  cluster_arn            = module.cluster.arn
  task_definition_arn    = module.loki_task.arn
  container_name         = module.loki_task.container_name
  network                = local.network
  spot_percent           = var.spot_percent.loki
  enable_execute_command = var.exec
  discovery              = { namespace_id = module.cluster.namespace.id, name = "loki" }
  ingress                = { safebucket = { port = 3100, security_group_id = module.safebucket.security_group_id } }
  alarms                 = { actions = var.alarm_topic_arns, errors = 0 }

  force_new_deployment = true
  triggers             = { redeployment = var.redeployment_trigger }

  load_balancer = !var.internal_load_balancer ? null : {
    port              = 3100
    security_group_id = module.internal_alb[0].security_group_id
    health_check      = { path = "/ready", matcher = "200" }
  }
  listener_rule_arns = [for alb in module.internal_alb : alb.extra_listener_arns["loki"]]
}
