# Written by infra/root from modules/waker.
module "waker" {
  source = "./modules/waker"

  extra                          = var.extra
  name                           = var.name
  package                        = var.package
  cpu_architecture               = var.cpu_architecture
  memory_size                    = var.memory_size
  reserved_concurrent_executions = var.reserved_concurrent_executions
  log_level                      = var.log_level
  log_retention_days             = var.log_retention_days
  kms_key_arn                    = var.kms_key_arn
  environment_variables          = var.environment_variables
  config_layer                   = var.config_layer
  vpc                            = var.vpc
  cognito_user_pool_arns         = var.cognito_user_pool_arns
  tick                           = var.tick
  events                         = var.events
  event_pattern_quota            = var.event_pattern_quota
  alarms                         = var.alarms
  dashboard                      = var.dashboard
  check_load_balancers           = var.check_load_balancers
  account_concurrency            = var.account_concurrency
  tags                           = var.tags
  authenticate                   = var.authenticate
  environments                   = var.environments
  role                           = var.role
  tick_role                      = var.tick_role
  role_path                      = var.role_path
  permissions_boundary           = var.permissions_boundary
}
