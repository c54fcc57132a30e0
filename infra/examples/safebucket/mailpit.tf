module "mailpit_task" {
  source         = "../../modules/task"
  name           = "${local.name}-mailpit"
  image          = var.images.mailpit
  size           = var.sizes.mailpit
  ports          = { web = 8025, smtp = 1025 }
  scratch        = ["/tmp"]
  log_group_name = "/ecs/${local.name}-mailpit"
  container_name = "mailpit"

  cpu_architecture         = var.cpu_architecture
  enable_execute_command   = var.exec
  readonly_root_filesystem = !var.exec

  # Mails are kept in memory, and lost when the environment sleeps.
  environment = { MP_MAX_MESSAGES = "500", MP_SMTP_AUTH_ACCEPT_ANY = "1", MP_SMTP_AUTH_ALLOW_INSECURE = "1" }
}

module "mailpit" {
  source              = "../../modules/service"
  name                = "${local.name}-mailpit"
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.mailpit_task.arn
  container_name      = module.mailpit_task.container_name
  network             = local.network
  spot_percent        = var.spot_percent.mailpit
  discovery           = { namespace_id = module.cluster.namespace.id, name = "mailpit" }
  alarms              = { actions = var.alarm_topic_arns, errors = 0 }

  enable_execute_command = var.exec
  force_new_deployment   = true
  triggers               = { redeployment = var.redeployment_trigger }

  load_balancer = {
    port              = 8025
    security_group_id = module.alb.security_group_id
    health_check      = { path = "/", matcher = "200" }
  }
  listener_rule_arns = [module.alb.extra_listener_arns["mailpit"]]

  ingress = merge(
    { safebucket = { port = 1025, security_group_id = module.safebucket.security_group_id } },
    { for cidr in var.smtp_cidrs : cidr => { port = 1025, cidr = cidr } },
  )
}
