module "database" {
  source        = "../../modules/database"
  name          = var.name
  kind          = var.database.kind
  database_name = "trust"
  login         = { username = "trust", secret_key_arn = local.key_arn }
  instance      = { instance_class = var.database.class }
  kms_key_arn   = local.key_arn
  network       = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients       = { app = module.service.security_group_id }
  alarms        = { actions = local.alarm_actions }

  deletion_protection = !var.throwaway
  skip_final_snapshot = var.throwaway

  master_user_password_rotation_automatically_after_days = var.master_user_password_rotation_automatically_after_days
}

module "uploads" {
  source        = "../../modules/storage"
  name          = var.bucket_names.uploads
  kms_key_arn   = local.key_arn
  cors          = [{ origins = [local.url] }]
  force_destroy = var.throwaway
}

# Load balancers cannot write with a key of one's own.
module "logs" {
  source             = "../../modules/storage"
  name               = var.bucket_names.logs
  versioning         = false
  load_balancer_logs = true
  lifecycle_days     = { objects = 90 }
  force_destroy      = var.throwaway
}

resource "aws_sns_topic" "alarms" {
  # checkov:skip=CKV_AWS_26:CloudWatch may publish to it; the alarms' names are no secret
  count = length(var.alarm_emails) > 0 ? 1 : 0
  name  = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each  = var.alarm_emails
  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.key
}
