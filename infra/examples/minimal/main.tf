# The smallest environment that sleeps: a service behind a load balancer, and Aurora.
provider "aws" {
  region = var.region

  default_tags {
    tags = { Environment = var.name }
  }
}

module "network" {
  source = "../../modules/network"
  name   = var.name
}

module "alb" {
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
    security_group_id = module.alb.security_group_id
    health            = { path = var.health_path }
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
  package               = { file = var.waker_zip }
  architecture          = var.architecture
  environment_variables = var.waker_variables

  environments = {
    app = {
      listener_arn          = module.alb.listener_arn
      priority              = 100
      hosts                 = var.hosts
      idle_after_seconds    = var.idle_after_seconds
      min_awake_seconds     = var.min_awake_seconds
      metrics_delay_seconds = var.metrics_delay_seconds
      app_target_group_arn  = module.service.target_group_arn
      services = [{
        cluster_arn = module.cluster.arn
        # Not module.service.name: the service itself waits for the waker's rules.
        name             = var.name
        target_group_arn = module.service.target_group_arn
      }]
      # Touched by the Data API, so that the waker needs no place in the VPC.
      database = {
        kind     = module.database.kind
        arn      = module.database.arn
        data_api = { secret_arn = module.database.secret_arn, database = module.database.name }
      }
    }
  }
}
