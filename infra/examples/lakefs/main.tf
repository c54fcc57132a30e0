# lakeFS on Fargate, Aurora and S3.
provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Environment = var.name }, var.tags)
  }
}

module "network" {
  source = "../../modules/network"
  name   = var.name
  vpc    = var.vpc
}

module "alb" {
  source     = "../../modules/alb"
  name       = var.name
  vpc_id     = module.network.vpc_id
  vpc_cidr   = module.network.cidr
  subnet_ids = module.network.public_subnet_ids
  https      = var.certificate_arn == null ? null : { certificate_arn = var.certificate_arn }
  alarms     = { actions = var.alarm_topic_arns }
}

module "cluster" {
  source = "../../modules/cluster"
  name   = var.name
}

module "storage" {
  source        = "../../modules/storage"
  name          = var.bucket_name
  force_destroy = var.throwaway
}

module "database" {
  source         = "../../modules/database"
  name           = var.name
  engine_version = var.engine_version
  database_name  = "lakefs"
  aurora         = var.aurora
  network        = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients        = { lakefs = module.service.security_group_id }
  alarms         = { actions = var.alarm_topic_arns }

  allow_major_version_upgrade = var.allow_major_version_upgrade
  apply_immediately           = var.allow_major_version_upgrade
  snapshot_identifier         = var.snapshot_identifier
  deletion_protection         = !var.throwaway
  skip_final_snapshot         = var.throwaway

  master_user_password_rotation_automatically_after_days = var.master_user_password_rotation_automatically_after_days
}

locals {
  # A connection string in a secret; the entrypoint puts the secret's value in its place.
  dsn = { for arn in var.dsn_secret_arn[*] : "LAKEFS_DATABASE_POSTGRES_CONNECTION_STRING" => "secretsmanager:${arn}" }
}

module "task" {
  source  = "../../modules/task"
  name    = var.name
  image   = var.image
  command = var.command
  ports   = { http = 8000 }
  size    = var.size
  # lakeFS keeps a cache below its home.
  readonly_root_filesystem = false

  cpu_architecture = var.cpu_architecture

  # A conninfo needs no percent-encoding, and the entrypoint escapes it.
  entrypoint = merge(var.entrypoint, {
    export = { for name, form in { LAKEFS_DATABASE_POSTGRES_CONNECTION_STRING = "conninfo" } : name => form if var.dsn_secret_arn == null }
  })
  database = module.database.connection

  environment = merge(local.dsn, {
    LAKEFS_DATABASE_TYPE        = "postgres"
    LAKEFS_BLOCKSTORE_TYPE      = "s3"
    LAKEFS_BLOCKSTORE_S3_REGION = var.region
    LAKEFS_LISTEN_ADDRESS       = "0.0.0.0:8000"
  })
  secrets = { LAKEFS_AUTH_ENCRYPT_SECRET_KEY = var.auth_secret_arn }
  buckets = { blocks = { arn = module.storage.arn, prefix = var.bucket_prefix } }
}

module "service" {
  source              = "../../modules/service"
  name                = var.name
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.task.arn

  network = {
    vpc_id           = module.network.vpc_id
    subnet_ids       = module.network.task_subnet_ids
    assign_public_ip = module.network.assign_public_ip
  }

  load_balancer = {
    port              = 8000
    security_group_id = module.alb.security_group_id
    arn_suffix        = module.alb.arn_suffix
    health_check      = { path = "/_health" }
  }
  listener_rule_arns = [module.waker.anchor_rule_arns["app"]]

  autoscaling = var.autoscaling ? {
    # An idle alarm can only set the count to its own minimum.
    min_capacity = var.idle_minutes == null ? var.min_tasks : 0
    max_capacity = var.max_tasks
    requests     = var.requests_per_task
    idle_minutes = var.idle_minutes
  } : null
  alarms = { actions = var.alarm_topic_arns }
}

module "waker" {
  source                = "../../modules/waker"
  name                  = "${var.name}-waker"
  package               = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }
  cpu_architecture      = var.cpu_architecture
  environment_variables = var.waker_variables
  alarms                = { actions = var.alarm_topic_arns }

  environments = {
    app = {
      listener_arn         = module.alb.listener_arn
      priority             = 100
      hosts                = var.hosts
      idle_after_seconds   = var.idle_after_seconds
      never_sleep          = var.never_sleep ? true : null
      schedule             = length(var.schedule) > 0 ? var.schedule : null
      app_target_group_arn = module.service.target_group_arn
      services = [{
        cluster_arn      = module.cluster.arn
        name             = var.name
        count            = var.min_tasks > 1 ? var.min_tasks : null
        target_group_arn = module.service.target_group_arn
      }]
      database = {
        kind     = module.database.kind
        arn      = module.database.arn
        data_api = { secret_arn = module.database.secret_arn, database = module.database.name }
      }
    }
  }
}
