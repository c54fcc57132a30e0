# An API on Fargate with RDS, behind API Gateway and a load balancer.
provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Environment = var.name }, var.tags)
  }
}

locals {
  health_path          = "/api/v1/health"
  app_target_group_arn = var.blue_green.enabled ? module.blue_green[0].live_target_group_arn : module.service.target_group_arn
}

module "network" {
  source = "../../modules/network"
  name   = var.name
  vpc    = var.vpc
}

module "alb" {
  source                     = "../../modules/alb"
  name                       = var.name
  vpc_id                     = module.network.vpc_id
  vpc_cidr                   = module.network.cidr
  subnet_ids                 = module.network.public_subnet_ids
  internal                   = var.internal_alb
  ingress_cidrs              = var.internal_alb ? [] : ["0.0.0.0/0"]
  ingress_security_group_ids = { api = module.api.security_group_id }
  alarms                     = { actions = var.alarm_topic_arns }
}

module "api" {
  source  = "../../modules/api-gateway"
  name    = var.name
  network = { vpc_id = module.network.vpc_id, subnet_ids = module.network.task_subnet_ids }
  listener = {
    arn               = module.alb.listener_arn
    security_group_id = module.alb.security_group_id
  }
}

module "ecr" {
  source       = "../../modules/ecr"
  name         = var.name
  force_delete = var.throwaway
}

module "cluster" {
  source = "../../modules/cluster"
  name   = var.name
}

module "database" {
  source        = "../../modules/database"
  name          = var.name
  kind          = "instance"
  database_name = "knowledge"
  login         = { username = "knowledge", password = var.db_password }
  network       = { vpc_id = module.network.vpc_id, subnet_ids = module.network.database_subnet_ids }
  clients       = { api = module.service.security_group_id }
  instance      = { read_replicas = var.read_replicas }
  alarms        = { actions = var.alarm_topic_arns, connections = var.db_connections_alarm }

  deletion_protection = !var.throwaway
  skip_final_snapshot = var.throwaway

  master_user_password_rotation_automatically_after_days = var.master_user_password_rotation_automatically_after_days
}

module "task" {
  source             = "../../modules/task"
  name               = var.name
  image              = var.container_image
  cpu_architecture   = var.cpu_architecture
  command            = var.command
  size               = var.size
  ports              = { http = 8000 }
  scratch            = ["/tmp"]
  log_retention_days = var.log_retention_days
  # The instance may have to be started first.
  entrypoint = merge(var.entrypoint, { export = { DATABASE_URL = "url" }, timeout_seconds = 900 })
  database = {
    host       = module.database.host
    name       = module.database.name
    secret_arn = module.database.secret_arn
  }
  environment = {
    DB_PATH       = var.db_path
    API_KEYS_JSON = "secretsmanager:${var.api_keys_secret_arn}"
  }
}

module "service" {
  source              = "../../modules/service"
  name                = var.name
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.task.arn
  deployment          = { controller = var.blue_green.enabled ? "CODE_DEPLOY" : "ECS" }

  network = {
    vpc_id           = module.network.vpc_id
    subnet_ids       = module.network.task_subnet_ids
    assign_public_ip = module.network.assign_public_ip
  }

  load_balancer = {
    port              = 8000
    security_group_id = module.alb.security_group_id
    arn_suffix        = module.alb.arn_suffix
    health_check      = { path = local.health_path, matcher = "200" }
  }
  # It covers the start of a stopped instance.
  health_check_grace_period_seconds = 900
  listener_rule_arns                = [module.waker.anchor_rule_arns["api"]]

  autoscaling = { min_capacity = var.autoscale_min, max_capacity = var.autoscale_max, cpu = 60, memory = 70 }
  alarms      = { actions = var.alarm_topic_arns }
}

module "blue_green" {
  source      = "../../modules/blue-green"
  count       = var.blue_green.enabled ? 1 : 0
  name        = var.name
  cluster_arn = module.cluster.arn
  # From the ARN, so that it comes after the service.
  service_name   = element(split("/", module.service.arn), 2)
  role_arns      = [module.task.task_role.arn, module.task.execution_role.arn]
  listener_arn   = module.alb.listener_arn
  spare_priority = 110
  blue           = { arn = module.service.target_group_arn, name = module.service.target_group_name }
  green          = { vpc_id = module.network.vpc_id, port = 8000, health_check = { path = local.health_path, matcher = "200" } }
  live           = var.blue_green.live
  alarm_names    = ["${var.name}-errors"]
}

module "waker" {
  source                = "../../modules/waker"
  name                  = "${var.name}-waker"
  package               = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }
  cpu_architecture      = var.cpu_architecture
  environment_variables = var.waker_variables
  alarms                = { actions = var.alarm_topic_arns }

  environments = {
    api = {
      listener_arn = module.alb.listener_arn
      priority     = 100
      # API Gateway waits 30 s at most: a held caller needs an answer before that.
      hold_seconds         = 25
      behind               = "api_gateway"
      idle_after_seconds   = var.idle_after_seconds
      app_target_group_arn = local.app_target_group_arn
      services = [{
        cluster_arn      = module.cluster.arn
        name             = module.service.name
        count            = max(var.awake_tasks, var.autoscale_min)
        target_group_arn = local.app_target_group_arn
      }]
      database = { kind = "instance", arn = module.database.arn, stop_when_idle = var.stop_database ? true : null }
    }
  }
}
