# Load balancer, cluster and database are there: the waker alone is put in front of them.
provider "aws" {
  region = var.region
}

module "waker" {
  source  = "../../modules/waker"
  name    = var.name
  package = { file = coalesce(var.waker_zip, "../../../target/release-${var.cpu_architecture}/waker-${var.cpu_architecture}.zip") }

  cpu_architecture = var.cpu_architecture

  environments = {
    for name, environment in var.environments : name => {
      listener_arn = environment.listener_arn
      priority     = environment.priority
      hosts        = environment.hosts
      # It runs today, so it begins awake; the first idle hour puts it to sleep.
      start_awake          = true
      hold_seconds         = environment.hold_seconds
      idle_timeout_seconds = environment.idle_timeout_seconds
      behind               = environment.behind
      idle_after_seconds   = environment.idle_after_seconds
      app_target_group_arn = environment.services[0].target_group_arn
      services = [for service in environment.services : {
        cluster_arn      = environment.cluster_arn
        name             = service.name
        count            = service.count
        target_group_arn = service.target_group_arn
      }]
      database = environment.database_arn == null ? null : {
        kind           = strcontains(environment.database_arn, ":cluster:") ? "aurora" : "instance"
        arn            = environment.database_arn
        stop_when_idle = environment.stop_database ? true : null
      }
    }
  }
}
