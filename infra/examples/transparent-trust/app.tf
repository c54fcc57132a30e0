module "task" {
  source                   = "../../modules/task"
  name                     = local.name
  container_name           = "app"
  image                    = "${module.ecr.url}:${var.image_tag}"
  cpu_architecture         = var.cpu_architecture
  command                  = var.command
  user                     = var.user
  size                     = var.size
  ports                    = { http = 3000 }
  scratch                  = ["/tmp", "/app/.next/cache"]
  enable_execute_command   = var.enable_execute_command
  readonly_root_filesystem = !var.enable_execute_command
  log_group_name           = "/aws/ecs/${local.name}"
  log_retention_days       = var.log_retention_days
  log_kms_key_arn          = local.key_arn
  task_role                = var.roles.task
  execution_role           = var.roles.execution
  role_path                = var.role_path
  permissions_boundary     = var.permissions_boundary

  # Prisma takes a URL.
  entrypoint = merge(var.entrypoint, { export = { DATABASE_URL = "url" }, timeout_seconds = 900 })
  database   = local.app_database

  database_user = var.app_user_secret_arn == null ? null : { secret_arn = var.app_user_secret_arn }
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
  health_check = { command = ["CMD-SHELL", "wget -q -O /dev/null http://localhost:3000/api/health || exit 1"], start_period = 120 }
}

module "service" {
  source                            = "../../modules/service"
  name                              = "${var.project_name}-service-${var.environment}"
  cluster_arn                       = module.cluster.arn
  task_definition_arn               = module.task.arn
  container_name                    = module.task.container_name
  spot_percent                      = var.spot ? 100 : 0
  enable_execute_command            = var.enable_execute_command
  health_check_grace_period_seconds = 900

  network = {
    vpc_id           = module.network.vpc_id
    subnet_ids       = module.network.task_subnet_ids
    assign_public_ip = module.network.assign_public_ip
  }
  # Names are resolved by the VPC's resolver, which security groups do not filter.
  egress = coalesce(var.egress, {
    https    = { cidr = "0.0.0.0/0", from_port = 443, to_port = 443 }
    postgres = { cidr = module.network.cidr, from_port = 5432, to_port = 5432 }
    redis    = { cidr = module.network.cidr, from_port = 6379, to_port = 6379 }
  })

  load_balancer = {
    port                = 3000
    security_group_id   = local.front.security_group_id
    arn_suffix          = local.front.arn_suffix
    create_target_group = try(var.load_balancer.target_group_arn, null) == null
    target_group_arn    = try(var.load_balancer.target_group_arn, null)
    health_check        = { path = "/api/health", matcher = "200" }
  }
  listener_rule_arns = [module.waker.anchor_rule_arns["app"]]

  autoscaling = var.autoscaling
  alarms      = local.alarms
}
