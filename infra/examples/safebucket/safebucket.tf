locals {
  loki_url = "http://${one(concat(module.internal_alb[*].dns_name, var.internal_load_balancer ? [] : ["loki.${local.namespace}"]))}:3100"

  redis_login = !var.cache.auth_token_enabled ? {} : {
    CACHE__REDIS__USERNAME = "safebucket"
    CACHE__REDIS__PASSWORD = "secretsmanager:${module.cache.secret_arn}:password::"
  }
}

module "safebucket_task" {
  source                   = "../../modules/task"
  name                     = "${local.name}-safebucket"
  container_name           = "safebucket"
  image                    = var.images.safebucket
  command                  = var.safebucket_command
  size                     = var.sizes.safebucket
  ports                    = { http = 8080 }
  scratch                  = ["/tmp"]
  enable_execute_command   = var.exec
  readonly_root_filesystem = !var.exec
  log_group_name           = "/ecs/${local.name}-safebucket"

  cpu_architecture = var.cpu_architecture

  # Loki answers a second or two after its task runs; the database may have to be started first.
  entrypoint = merge(var.entrypoint, {
    wait            = ["database", "tcp://${module.cache.host}:${module.cache.port}", "${local.loki_url}/ready"]
    timeout_seconds = 900
  })

  database = module.database.connection

  environment = merge({
    APP__API_URL                  = local.base_url
    APP__WEB_URL                  = local.base_url
    APP__PORT                     = "8080"
    APP__STATIC_FILES__ENABLED    = "true"
    APP__ADMIN_EMAIL              = var.admin_email
    APP__ALLOWED_ORIGINS          = local.base_url
    DATABASE__HOST                = module.database.host
    DATABASE__PORT                = tostring(module.database.port)
    DATABASE__USER                = module.database.username
    DATABASE__NAME                = module.database.name
    DATABASE__SSLMODE             = "require"
    DATABASE__PASSWORD            = "secretsmanager:${module.database.secret_arn}:password::"
    CACHE__TYPE                   = "redis"
    CACHE__REDIS__HOSTS           = "${module.cache.host}:${module.cache.port}"
    CACHE__REDIS__TLS_ENABLED     = "true"
    CACHE__REDIS__TLS_SERVER_NAME = module.cache.host
    STORAGE__TYPE                 = "aws"
    STORAGE__AWS__BUCKET_NAME     = module.storage.name
    STORAGE__AWS__SQS_NAME        = module.events.name
    EVENTS__TYPE                  = "aws"
    EVENTS__AWS__SQS_NAME         = var.one_queue_for_events ? module.events.name : module.notifications.name
    NOTIFIER__TYPE                = "smtp"
    NOTIFIER__SMTP__HOST          = "mailpit.${local.namespace}"
    NOTIFIER__SMTP__PORT          = "1025"
    NOTIFIER__SMTP__SENDER        = var.smtp_sender
    ACTIVITY__TYPE                = "loki"
    ACTIVITY__LOKI__ENDPOINT      = local.loki_url
    APP__JWT_SECRET               = "secretsmanager:${var.app_secret_arn}:jwt_secret::"
    APP__ADMIN_PASSWORD           = "secretsmanager:${var.app_secret_arn}:admin_password::"
  }, local.redis_login, var.safebucket_variables)

  buckets  = { files = { arn = module.storage.arn } }
  policies = { events = module.events.policy_json, notifications = module.notifications.policy_json }
}

module "safebucket" {
  source                 = "../../modules/service"
  name                   = "${local.name}-safebucket"
  cluster_arn            = module.cluster.arn
  task_definition_arn    = module.safebucket_task.arn
  container_name         = module.safebucket_task.container_name
  network                = local.network
  spot_percent           = var.spot_percent.safebucket
  enable_execute_command = var.exec

  force_new_deployment = true
  triggers             = { redeployment = var.redeployment_trigger }

  load_balancer = {
    port              = 8080
    security_group_id = module.alb.security_group_id
    arn_suffix        = module.alb.arn_suffix
    health_check      = { path = "/", matcher = "200" }
  }
  # It covers the start of a stopped database.
  health_check_grace_period_seconds = 900
  listener_rule_arns                = [module.waker.anchor_rule_arns["app"]]

  autoscaling = !var.enable_autoscaling ? null : {
    min_capacity       = var.min_tasks
    max_capacity       = var.max_tasks
    cpu                = 70
    memory             = 80
    scale_out_cooldown = 300
    scale_in_cooldown  = 300
  }
  alarms = { actions = var.alarm_topic_arns }
}
