# The smallest environment that sleeps: a service behind a load balancer, and Aurora.
provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Environment = var.name }, var.tags)
  }
}

locals {
  # Its own load balancer, or the shared one.
  front = {
    listener_arn      = try(var.shared_load_balancer.listener_arn, module.alb[0].listener_arn)
    security_group_id = try(var.shared_load_balancer.security_group_id, module.alb[0].security_group_id)
    url               = try(var.shared_load_balancer.url, module.alb[0].url)
    priority          = try(var.shared_load_balancer.priority, 100)
  }
}

module "network" {
  source = "../../modules/network"
  name   = var.name

  vpc = {
    mode              = var.shared_load_balancer == null ? "new" : "existing"
    id                = try(var.shared_load_balancer.vpc_id, null)
    public_subnet_ids = try(var.shared_load_balancer.public_subnet_ids, [])
  }
}

module "alb" {
  count      = var.shared_load_balancer == null ? 1 : 0
  source     = "../../modules/alb"
  name       = var.name
  vpc_id     = module.network.vpc_id
  vpc_cidr   = module.network.cidr
  subnet_ids = module.network.public_subnet_ids
  https      = var.certificate_arn == null ? null : { certificate_arn = var.certificate_arn }
}

module "cluster" {
  source             = "../../modules/cluster"
  name               = var.name
  container_insights = "disabled"
}

module "task" {
  source      = "../../modules/task"
  name        = var.name
  image       = var.image
  command     = var.command
  ports       = { http = var.port }
  environment = merge({ PORT = tostring(var.port) }, var.environment)
  entrypoint  = var.entrypoint
  scratch     = ["/tmp"]

  cpu_architecture = var.cpu_architecture

  database = {
    host       = module.database.host
    port       = module.database.port
    name       = module.database.name
    secret_arn = module.database.secret_arn
  }
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
    port              = var.port
    security_group_id = local.front.security_group_id
    health_check      = { path = var.health_path }
  }
  listener_rule_arns = [module.waker.anchor_rule_arns["app"]]
}

module "database" {
  source         = "../../modules/database"
  name           = var.name
  engine_version = var.engine_version
  network        = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients        = { service = module.service.security_group_id }

  deletion_protection = !var.throwaway
  skip_final_snapshot = var.throwaway

  master_user_password_rotation_automatically_after_days = var.master_user_password_rotation_automatically_after_days
}

module "waker" {
  source                = "../../modules/waker"
  name                  = "${var.name}-waker"
  package               = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }
  cpu_architecture      = var.cpu_architecture
  environment_variables = var.waker_variables

  environments = {
    app = {
      listener_arn          = local.front.listener_arn
      priority              = local.front.priority
      hosts                 = var.hosts
      idle_after_seconds    = var.idle_after_seconds
      min_awake_seconds     = var.min_awake_seconds
      metrics_delay_seconds = var.metrics_delay_seconds
      app_target_group_arn  = module.service.target_group_arn
      services = [{
        cluster_arn      = module.cluster.arn
        name             = module.service.name
        target_group_arn = module.service.target_group_arn
      }]
      # Probed by the Data API, so that the waker does not have to be in the VPC.
      database = {
        kind     = module.database.kind
        arn      = module.database.arn
        data_api = { secret_arn = module.database.secret_arn, database = module.database.name }
      }
    }
  }
}
