module "storage" {
  source        = "../../modules/storage"
  name          = var.bucket_name
  cors          = [{ origins = var.cors_origins }]
  notifications = { events = { queue_arn = module.events.arn } }
}

module "logs" {
  source     = "../../modules/storage"
  name       = "${var.bucket_name}-logs"
  versioning = false
}

module "events" {
  source       = "../../modules/queue"
  name         = var.queues.events
  from_buckets = { files = module.storage.arn }
  alarms       = { actions = var.alarm_topic_arns }
}

module "notifications" {
  source = "../../modules/queue"
  name   = var.queues.notifications
  alarms = { actions = var.alarm_topic_arns }
}

module "database" {
  source              = "../../modules/database"
  name                = var.name
  kind                = "instance"
  engine_version      = var.database.engine_version
  database_name       = var.database.name
  login               = { username = var.database.username, password = var.database_password }
  instance            = { class = var.database.class, storage = var.database.storage, max_storage = var.database.max_storage }
  backup              = { days = var.database.backup_days, window = var.database.backup_window, skip_final = var.database.skip_final_snapshot }
  maintenance         = { window = var.database.maintenance_window }
  monitoring          = { seconds = 60, insights = true, logs = true }
  deletion_protection = var.database.deletion_protection
  network             = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients             = { safebucket = module.safebucket.security_group_id }
  alarms              = { actions = var.alarm_topic_arns }

  parameters = {
    log_statement              = { value = "all" }
    log_min_duration_statement = { value = "1000" }
    shared_preload_libraries   = { value = "pg_stat_statements", static = true }
  }
}

module "cache" {
  source             = "../../modules/cache"
  name               = var.name
  node_type          = var.cache.node_type
  nodes              = var.cache.nodes
  login              = { username = "safebucket", password = var.cache_password }
  snapshots          = { days = var.cache.snapshot_days, window = var.cache.snapshot_window }
  maintenance_window = var.cache.maintenance_window
  log_retention_days = var.cache.log_retention_days
  network            = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients            = { safebucket = module.safebucket.security_group_id }
}
