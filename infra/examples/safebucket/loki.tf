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
    # A task that is put to sleep has 120 s to hand over what it has not yet written.
    ingester = { wal = { flush_on_shutdown = true } }
  })
}

module "loki_task" {
  source = "../../modules/task"
  name   = "${var.name}-loki"
  image  = var.images.loki
  size   = var.sizes.loki
  ports  = { http = 3100 }
  # Its index is written below /loki, which belongs to the image's own user.
  cpu_architecture         = var.cpu_architecture
  readonly_root_filesystem = false
  stop_timeout             = 120
  log_group_name           = "/ecs/${var.name}-loki"

  command = ["-config.file=/etc/safebucket/loki.yaml"]
  files   = { path = "/etc/safebucket", content = { "loki.yaml" = local.loki_config } }
  buckets = { chunks = { arn = module.logs.arn } }
}

module "loki" {
  source              = "../../modules/service"
  name                = "${var.name}-loki"
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.loki_task.arn
  network             = local.network
  spot_percent        = var.spot_percent.loki
  discovery           = { namespace_id = module.cluster.namespace.id, name = "loki" }
  ingress             = { safebucket = { port = 3100, security_group_id = module.safebucket.security_group_id } }
  alarms              = { actions = var.alarm_topic_arns }
}
