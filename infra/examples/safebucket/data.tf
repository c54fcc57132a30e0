module "storage" {
  source        = "../../modules/storage"
  name          = var.bucket_name
  cors          = [{ origins = var.cors_origins }]
  notifications = { events = { queue_arn = module.events.arn } }
  force_destroy = var.throwaway
}

module "logs" {
  source        = "../../modules/storage"
  name          = "${var.bucket_name}-logs"
  versioning    = false
  force_destroy = var.throwaway
}

module "events" {
  source       = "../../modules/queue"
  name         = var.s3_event_queue_name
  from_buckets = { files = module.storage.arn }
  alarms       = { actions = var.alarm_topic_arns, age_seconds = var.queue_age_alarm_seconds }
}

module "notifications" {
  source = "../../modules/queue"
  name   = var.notification_queue_name
  alarms = { actions = var.alarm_topic_arns, age_seconds = var.queue_age_alarm_seconds }
}

module "database" {
  source         = "../../modules/database"
  name           = local.name
  kind           = "instance"
  engine_version = var.database.engine_version
  database_name  = var.database.name
  login          = { username = var.database.username, password = var.database_password }
  monitoring     = { seconds = 60, insights = true, logs = true }
  network        = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients        = { safebucket = module.safebucket.security_group_id }
  client_cidrs   = var.data_client_cidrs
  alarms         = { actions = var.alarm_topic_arns }

  instance = {
    instance_class        = var.database.instance_class
    allocated_storage     = var.database.allocated_storage
    max_allocated_storage = var.database.max_allocated_storage
  }

  backup_retention_period     = var.database.backup_retention_period
  backup_window               = var.database.backup_window
  maintenance_window          = var.database.maintenance_window
  allow_major_version_upgrade = var.database.allow_major_version_upgrade
  apply_immediately           = var.database.allow_major_version_upgrade
  snapshot_identifier         = var.database.snapshot_identifier
  deletion_protection         = coalesce(var.database.deletion_protection, !var.throwaway)
  skip_final_snapshot         = coalesce(var.database.skip_final_snapshot, var.throwaway)

  master_user_password_rotation_automatically_after_days = var.master_user_password_rotation_automatically_after_days

  parameters = {
    log_statement              = { value = "all" }
    log_min_duration_statement = { value = "1000" }
    shared_preload_libraries   = { value = "pg_stat_statements", static = true }
  }
}

module "cache" {
  source         = "../../modules/cache"
  name           = local.name
  node_type      = var.cache.node_type
  authentication = var.cache.auth_token_enabled ? "user" : "none"
  login          = { username = "safebucket", password = var.cache_password }
  network        = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients        = { safebucket = module.safebucket.security_group_id }
  client_cidrs   = var.data_client_cidrs
  alarms         = { actions = var.alarm_topic_arns }
  # Safebucket uses it for caching and sessions, not for queues.
  eviction = "allkeys-lru"

  num_cache_clusters       = var.cache.num_cache_clusters
  snapshot_retention_limit = var.cache.snapshot_retention_limit
  snapshot_window          = var.cache.snapshot_window
  maintenance_window       = var.cache.maintenance_window
  log_retention_days       = var.cache.log_retention_days
  skip_final_snapshot      = var.throwaway
}
