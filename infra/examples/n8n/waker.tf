module "waker" {
  source           = "../../modules/waker"
  name             = "${var.name}-waker"
  package          = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }
  cpu_architecture = var.cpu_architecture

  environments = {
    n8n = {
      listener_arn         = module.alb.listener_arn
      priority             = 100
      hosts                = var.hosts
      hold_seconds         = var.hold_seconds
      idle_timeout_seconds = var.hold_seconds + 5
      idle_after_seconds   = var.idle_after_seconds
      schedule             = var.schedule
      app_target_group_arn = module.service["main"].target_group_arn
      # Editor and webhooks answer without a worker; executions wait in Redis until one runs. By its key, as the
      # whole of module.service would wait for the waker.
      services = [for part, name in local.names : { cluster_arn = module.cluster.arn, name = name, count = part == "worker" ? var.workers : 1, target_group_arn = part == "main" ? module.service["main"].target_group_arn : null, optional = part == "worker" }]
      database = { kind = "aurora", arn = module.database.arn, data_api = { secret_arn = module.database.secret_arn, database = "n8n" } }
    }
  }
}
