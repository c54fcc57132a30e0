# n8n in queue mode: a main service for the editor, triggers and webhooks, and workers for executions, which
# wake and sleep together with PostgreSQL. Redis and the shared home stay.
provider "aws" {
  region = var.region
  default_tags { tags = { Environment = var.name } }
}

locals {
  url     = length(var.hosts) > 0 ? "${var.certificate_arn == null ? "http" : "https"}://${var.hosts[0]}" : module.alb.url
  names   = { main = var.name, worker = "${var.name}-worker" }
  clients = { for part, service in module.service : part => service.security_group_id }
}

module "network" {
  source = "../../modules/network"
  name   = var.name
  vpc    = var.vpc
}

module "alb" {
  source       = "../../modules/alb"
  name         = var.name
  vpc_id       = module.network.vpc_id
  vpc_cidr     = module.network.cidr
  subnet_ids   = module.network.public_subnet_ids
  https        = var.certificate_arn == null ? null : { certificate_arn = var.certificate_arn }
  records      = var.zone_id == null ? {} : { for host in var.hosts : host => var.zone_id }
  idle_timeout = var.hold_seconds + 5
}

module "cluster" {
  source             = "../../modules/cluster"
  name               = var.name
  container_insights = "disabled"
}

module "task" {
  source                   = "../../modules/task"
  for_each                 = local.names
  name                     = each.value
  image                    = var.image
  cpu_architecture         = var.cpu_architecture
  size                     = var.sizes[each.key]
  ports                    = { http = 5678 }
  readonly_root_filesystem = false
  file_systems             = { home = merge(module.efs.mounts["home"], { path = "/home/node/.n8n" }) }
  database                 = module.database.connection

  # The image's own entry point, which the entrypoint runs when the database and Redis answer.
  command    = concat(["tini", "--", "/docker-entrypoint.sh"], each.key == "worker" ? ["worker"] : [])
  entrypoint = merge(var.entrypoint, { wait = ["database", "tcp://${module.cache.host}:${module.cache.port}"] })

  environment = merge({
    DB_TYPE                = "postgresdb"
    DB_POSTGRESDB_HOST     = module.database.host
    DB_POSTGRESDB_USER     = "secretsmanager:${module.database.secret_arn}:username::"
    DB_POSTGRESDB_PASSWORD = "secretsmanager:${module.database.secret_arn}:password::"
    # RDS requires TLS, with a certificate of an authority of AWS that Node does not know.
    DB_POSTGRESDB_SSL_ENABLED             = "true"
    DB_POSTGRESDB_SSL_REJECT_UNAUTHORIZED = "false"
    EXECUTIONS_MODE                       = "queue"
    QUEUE_BULL_REDIS_HOST                 = module.cache.host
    QUEUE_BULL_REDIS_USERNAME             = "secretsmanager:${module.cache.secret_arn}:username::"
    QUEUE_BULL_REDIS_PASSWORD             = "secretsmanager:${module.cache.secret_arn}:password::"
    QUEUE_BULL_REDIS_TLS                  = "true"
    N8N_ENCRYPTION_KEY                    = "secretsmanager:${var.encryption_key_secret_arn}"
    N8N_PROXY_HOPS                        = "1"
    WEBHOOK_URL                           = local.url
  }, var.environment)
}

module "service" {
  source              = "../../modules/service"
  for_each            = local.names
  name                = each.value
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.task[each.key].arn
  network             = module.network.for_tasks
  listener_rule_arns  = each.key == "main" ? [module.waker.anchor_rule_arns["n8n"]] : []
  load_balancer       = each.key == "main" ? { port = 5678, security_group_id = module.alb.security_group_id, health_check = { path = "/healthz" } } : null
}
