# Transparent Trust, a Next.js app: private tasks behind HTTPS, with PostgreSQL, and keys of its own.
provider "aws" {
  region = var.region

  default_tags {
    tags = { Environment = var.name }
  }
}

locals {
  url           = "https://${var.hosts[0]}"
  alarm_actions = concat(var.alarm_topic_arns, aws_sns_topic.alarms[*].arn)
  key_arn       = one(aws_kms_key.this[*].arn)
}

module "network" {
  source    = "../../modules/network"
  name      = var.name
  vpc       = var.vpc
  flow_logs = { enabled = true, retention_days = var.log_retention_days, kms_key_arn = local.key_arn }
}

module "alb" {
  source      = "../../modules/alb"
  name        = var.name
  vpc_id      = module.network.vpc_id
  vpc_cidr    = module.network.cidr
  subnet_ids  = module.network.public_subnet_ids
  https       = { certificate_arn = var.certificate_arn }
  access_logs = { bucket = module.logs.log_bucket }
  alarms      = { actions = local.alarm_actions }
}

module "cluster" {
  source             = "../../modules/cluster"
  name               = "${var.name}-cluster"
  container_insights = var.container_insights
}

module "ecr" {
  source       = "../../modules/ecr"
  name         = var.name
  kms_key_arn  = local.key_arn
  force_delete = var.throwaway
}

module "task" {
  source             = "../../modules/task"
  name               = var.name
  image              = "${module.ecr.url}:${var.image_tag}"
  cpu_architecture   = var.cpu_architecture
  command            = var.command
  size               = var.size
  ports              = { http = 3000 }
  scratch            = ["/tmp", "/app/.next/cache"]
  exec               = var.exec
  read_only_root     = !var.exec
  log_group_name     = "/aws/ecs/${var.name}"
  log_retention_days = var.log_retention_days
  log_key_arn        = local.key_arn
  task_role          = var.roles.task
  execution_role     = var.roles.execution

  # Prisma takes an address.
  entrypoint = merge(var.entrypoint, { export = { DATABASE_URL = "url" }, timeout_seconds = 900 })
  database = {
    host       = module.database.host
    name       = module.database.name
    secret_arn = module.database.secret_arn
  }
  # What is encrypted with the key below; secrets with another key need it here too.
  secret_key_arns = local.key_arn[*]

  environment = merge(
    {
      NODE_ENV             = "production"
      PORT                 = "3000"
      HOSTNAME             = "0.0.0.0"
      NEXTAUTH_URL         = local.url
      AWS_REGION           = var.region
      S3_UPLOAD_BUCKET     = module.uploads.name
      NEXTAUTH_SECRET      = "secretsmanager:${var.secret_arns.nextauth}"
      ANTHROPIC_API_KEY    = "secretsmanager:${var.secret_arns.anthropic}"
      GOOGLE_CLIENT_ID     = "secretsmanager:${var.secret_arns.google_oauth}:client_id::"
      GOOGLE_CLIENT_SECRET = "secretsmanager:${var.secret_arns.google_oauth}:client_secret::"
      ENCRYPTION_KEY       = "secretsmanager:${var.secret_arns.encryption_key}"
    },
    var.secret_arns.redis == null ? {} : { REDIS_URL = "secretsmanager:${var.secret_arns.redis}" },
  )

  buckets      = { uploads = { arn = module.uploads.arn, kms_key_arn = local.key_arn } }
  health_check = { command = ["CMD-SHELL", "wget -q -O /dev/null http://localhost:3000/api/health || exit 1"], start_period_seconds = 120 }
}

module "service" {
  source              = "../../modules/service"
  name                = var.name
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.task.arn
  spot_percent        = var.spot ? 100 : 0
  exec                = var.exec

  network = {
    vpc_id           = module.network.vpc_id
    subnet_ids       = module.network.task_subnet_ids
    assign_public_ip = module.network.assign_public_ip
  }

  load_balancer = {
    port              = 3000
    security_group_id = module.alb.security_group_id
    arn_suffix        = module.alb.arn_suffix
    health            = { path = "/api/health", codes = "200", start_grace_period = 900 }
  }
  listener_rule_arns = [module.waker.anchor_rule_arns["app"]]

  autoscaling = var.autoscaling
  alarms      = { actions = local.alarm_actions }
}

module "waker" {
  source                = "../../modules/waker"
  name                  = "${var.name}-waker"
  package               = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }
  cpu_architecture      = var.cpu_architecture
  environment_variables = var.waker_variables
  alarms                = { actions = local.alarm_actions }

  environments = {
    app = {
      listener_arn         = module.alb.listener_arn
      priority             = 100
      hosts                = var.hosts
      idle_after_seconds   = var.idle_after_seconds
      app_target_group_arn = module.service.target_group_arn
      services = [{
        cluster_arn      = module.cluster.arn
        name             = var.name
        count            = var.awake_tasks
        target_group_arn = module.service.target_group_arn
      }]
      database = {
        kind           = module.database.kind
        arn            = module.database.arn
        stop_when_idle = var.database.kind == "instance" && var.database.stop_when_idle ? true : null
        data_api = var.database.kind == "instance" ? null : {
          secret_arn  = module.database.secret_arn
          database    = module.database.name
          kms_key_arn = local.key_arn
        }
      }
    }
  }
}
