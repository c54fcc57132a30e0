# Load balancer, cluster and database exist: only the waker is added in front of them.
provider "aws" {
  region = var.region

  default_tags {
    tags = var.tags
  }
}

module "waker" {
  source  = "../../modules/waker"
  name    = var.name
  package = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }

  cpu_architecture = var.cpu_architecture

  alarms    = var.alarm_topic_arns == null ? null : { actions = var.alarm_topic_arns }
  vpc       = var.vpc
  role_path = var.role_path

  permissions_boundary = var.permissions_boundary

  environments = {
    for name, environment in var.environments : name => {
      listener_arn = environment.listener_arn
      priority     = environment.priority
      hosts        = environment.hosts
      paths        = environment.paths
      # It is in use, so it begins awake; the first half hour without a visitor puts it to sleep.
      start_awake          = true
      never_sleep          = environment.never_sleep
      dry_run              = environment.dry_run
      hold_seconds         = environment.hold_seconds
      hold_rounds          = environment.hold_rounds
      idle_timeout_seconds = environment.idle_timeout_seconds
      behind               = environment.behind
      idle_after_seconds   = environment.idle_after_seconds
      min_awake_seconds    = environment.min_awake_seconds
      schedule             = environment.schedule
      guard                = environment.guard
      theme                = environment.theme
      # The app is the first service that has a target group.
      app_target_group_arn = try([for service in environment.services : service.target_group_arn if service.target_group_arn != null && service.optional != true][0], null)
      services = [for service in environment.services : {
        cluster_arn      = coalesce(service.cluster_arn, environment.cluster_arn)
        name             = service.name
        arn              = service.arn
        count            = service.count
        target_group_arn = service.target_group_arn
        after            = service.after
        optional         = service.optional
        scales           = service.scales
      }]
      database = environment.database_arn == null ? null : {
        kind           = strcontains(environment.database_arn, ":cluster:") ? "aurora" : "instance"
        arn            = environment.database_arn
        stop_when_idle = environment.stop_database ? true : null
        connect        = environment.connect
        data_api       = environment.data_api
      }
    }
  }
}
