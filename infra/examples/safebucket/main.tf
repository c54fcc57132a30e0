# Safebucket with Loki and Mailpit: three services, a database, a cache, a bucket and two queues,
# of which the services and the database wake and sleep together.
provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Project = var.project_name, Environment = var.environment }, var.tags)
  }
}

locals {
  name      = coalesce(var.name, "${var.project_name}-${var.environment}")
  base_url  = length(var.hosts) > 0 ? "${var.certificate_arn == null ? "http" : "https"}://${var.hosts[0]}" : module.alb.url
  namespace = "${local.name}.internal"
  network = {
    vpc_id           = module.network.vpc_id
    subnet_ids       = module.network.task_subnet_ids
    assign_public_ip = module.network.assign_public_ip
  }
}

module "network" {
  source    = "../../modules/network"
  name      = local.name
  vpc       = var.vpc
  endpoints = { gateway = ["s3"], interface = var.interface_endpoints }
}

module "alb" {
  source     = "../../modules/alb"
  name       = local.name
  vpc_id     = module.network.vpc_id
  vpc_cidr   = module.network.cidr
  subnet_ids = module.network.public_subnet_ids
  https      = var.certificate_arn == null ? null : { certificate_arn = var.certificate_arn }
  alarms     = { actions = var.alarm_topic_arns }

  # Mailpit's pages. They wake nothing: asleep they answer 503.
  extra_ports = {
    mailpit = {
      port             = 8025
      https            = var.certificate_arn != null
      forward          = true
      target_group_arn = module.mailpit.target_group_arn
    }
  }
}

# Loki behind its own internal load balancer, which also checks its health.
module "internal_alb" {
  source        = "../../modules/alb"
  count         = var.internal_load_balancer ? 1 : 0
  name          = "${local.name}-inside"
  internal      = true
  vpc_id        = module.network.vpc_id
  vpc_cidr      = module.network.cidr
  subnet_ids    = module.network.task_subnet_ids
  ingress_cidrs = []
  ingress_security_group_ids = {
    safebucket = module.safebucket.security_group_id
  }
  extra_ports = {
    loki = { port = 3100, forward = true, target_group_arn = module.loki.target_group_arn }
  }
}

module "cluster" {
  source             = "../../modules/cluster"
  name               = "${local.name}-cluster"
  container_insights = var.container_insights
  namespace          = { name = local.namespace, vpc_id = module.network.vpc_id }
}

module "waker" {
  source                = "../../modules/waker"
  name                  = "${local.name}-waker"
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
      app_target_group_arn = module.safebucket.target_group_arn
      services = [
        # All three start at once: Safebucket's entrypoint waits for Loki by itself.
        { cluster_arn = module.cluster.arn, name = "${local.name}-safebucket", count = var.awake_tasks, target_group_arn = module.safebucket.target_group_arn },
        { cluster_arn = module.cluster.arn, name = "${local.name}-loki", target_group_arn = module.loki.target_group_arn },
        # The app is ready without the mail catcher.
        { cluster_arn = module.cluster.arn, name = "${local.name}-mailpit", target_group_arn = module.mailpit.target_group_arn, optional = true },
      ]
      database = { kind = "instance", arn = module.database.arn, stop_when_idle = var.database.stop_when_idle ? true : null }
    }
  }
}
