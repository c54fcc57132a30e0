# Transparent Trust, a Next.js app: private tasks behind HTTPS, with PostgreSQL, and keys of its own.
provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Project = var.project_name, Environment = var.environment }, var.tags)
  }
}

locals {
  name          = "${var.project_name}-${var.environment}"
  url           = coalesce(var.nextauth_url, "https://${var.hosts[0]}")
  alarm_actions = concat(var.alarm_topic_arns, aws_sns_topic.alarms[*].arn)
  alarms        = var.enable_alarms ? { actions = local.alarm_actions } : null
  key_arn       = one(aws_kms_key.this[*].arn)

  # Its own load balancer, or yours.
  front = {
    listener_arn      = try(var.load_balancer.listener_arn, module.alb[0].listener_arn)
    security_group_id = try(var.load_balancer.security_group_id, module.alb[0].security_group_id)
    priority          = try(var.load_balancer.priority, 100)
    arn_suffix        = try(regex("listener/(app/[^/]+/[^/]+)", var.load_balancer.listener_arn)[0], module.alb[0].arn_suffix)
  }
}

module "network" {
  source               = "../../modules/network"
  name                 = local.name
  vpc                  = var.vpc
  flow_logs            = { enabled = true, retention_days = var.log_retention_days, kms_key_arn = local.key_arn }
  role_path            = var.role_path
  permissions_boundary = var.permissions_boundary
}

module "alb" {
  source      = "../../modules/alb"
  count       = var.load_balancer == null ? 1 : 0
  name        = local.name
  vpc_id      = module.network.vpc_id
  vpc_cidr    = module.network.cidr
  subnet_ids  = module.network.public_subnet_ids
  https       = { certificate_arn = var.certificate_arn }
  access_logs = { bucket = module.logs.log_bucket }
  alarms      = local.alarms
}

module "cluster" {
  source             = "../../modules/cluster"
  name               = "${var.project_name}-cluster-${var.environment}"
  container_insights = var.container_insights
}

module "ecr" {
  source       = "../../modules/ecr"
  name         = local.name
  kms_key_arn  = local.key_arn
  force_delete = var.throwaway
}

module "waker" {
  source                = "../../modules/waker"
  name                  = "${local.name}-waker"
  package               = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }
  cpu_architecture      = var.cpu_architecture
  environment_variables = var.waker_variables
  alarms                = local.alarms
  role_path             = var.role_path
  permissions_boundary  = var.permissions_boundary

  environments = {
    app = {
      listener_arn         = local.front.listener_arn
      priority             = local.front.priority
      hosts                = var.hosts
      idle_after_seconds   = var.idle_after_seconds
      schedule             = length(var.schedule) > 0 ? var.schedule : null
      app_target_group_arn = module.service.target_group_arn
      services = [{
        cluster_arn = module.cluster.arn
        name        = module.service.name
        # Application Auto Scaling would raise a count below its minimum only at its next activity.
        count            = max(var.desired_count, try(var.autoscaling.min_capacity, 1))
        target_group_arn = module.service.target_group_arn
      }]
      database = local.waker_database
    }
  }
}
