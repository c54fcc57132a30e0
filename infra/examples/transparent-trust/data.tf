# The database: the one created below, or yours.
locals {
  database = one(module.database)

  app_database = var.database_secret_arn == null ? {
    host        = local.database.host
    name        = local.database.name
    secret_arn  = local.database.secret_arn
    from_secret = false
    } : {
    host        = null
    name        = null
    secret_arn  = var.database_secret_arn
    from_secret = true
  }

  # The Data API both resumes Aurora and answers, so that the waker does not have to be in the VPC.
  data_api = var.database.kind == "instance" ? null : {
    secret_arn  = try(local.database.secret_arn, "")
    database    = try(local.database.name, "")
    kms_key_arn = local.key_arn
  }
  own_database = {
    kind           = var.database.kind
    arn            = try(local.database.arn, "")
    stop_when_idle = var.database.kind == "instance" && var.database.stop_when_idle ? true : null
    data_api       = local.data_api
  }
  your_database = var.database_arn == null ? null : {
    kind           = can(regex(":cluster:", var.database_arn)) ? "aurora" : "instance"
    arn            = var.database_arn
    stop_when_idle = null
    data_api       = null
  }
  waker_database = var.database_secret_arn == null ? local.own_database : local.your_database
}

module "database" {
  source        = "../../modules/database"
  count         = var.database_secret_arn == null ? 1 : 0
  name          = local.name
  kind          = var.database.kind
  database_name = "trust"
  login         = { username = "trust", secret_key_arn = local.key_arn }
  instance      = { instance_class = var.database.class }
  kms_key_arn   = local.key_arn
  network       = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients       = { app = module.service.security_group_id }
  alarms        = local.alarms

  deletion_protection = !var.throwaway
  skip_final_snapshot = var.throwaway

  master_user_password_rotation_automatically_after_days = var.app_user_secret_arn == null ? var.master_user_password_rotation_automatically_after_days : 7
}

module "uploads" {
  source        = "../../modules/storage"
  name          = var.bucket_names.uploads
  kms_key_arn   = local.key_arn
  cors          = [{ origins = [local.url] }]
  force_destroy = var.throwaway
}

# For the load balancer's logs and exports of the app's. Load balancers cannot write with a customer-managed
# key.
module "logs" {
  source             = "../../modules/storage"
  name               = var.bucket_names.logs
  versioning         = false
  load_balancer_logs = true
  cloudwatch_exports = true
  lifecycle_days     = { objects = 90 }
  force_destroy      = var.throwaway
}

resource "aws_sns_topic" "alarms" {
  # checkov:skip=CKV_AWS_26:CloudWatch may publish to it; the alarms' names are no secret
  count = var.enable_alarms && length(var.alarm_emails) > 0 ? 1 : 0
  name  = "${local.name}-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each  = var.enable_alarms ? var.alarm_emails : []
  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.key
}
