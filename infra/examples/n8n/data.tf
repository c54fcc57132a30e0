module "database" {
  source              = "../../modules/database"
  name                = var.name
  database_name       = "n8n"
  network             = module.network.for_data
  clients             = local.clients
  deletion_protection = !var.throwaway
  skip_final_snapshot = var.throwaway
  # n8n logs in as the master user, and learns of a new password at its next start.
  master_user_password_rotation_automatically_after_days = var.master_user_password_rotation_automatically_after_days
}

# Queues need the module's defaults: INFO, no eviction, TLS.
module "cache" {
  source              = "../../modules/cache"
  name                = var.name
  network             = module.network.for_data
  clients             = local.clients
  skip_final_snapshot = var.throwaway
}

module "efs" {
  source        = "../../modules/efs"
  name          = var.name
  network       = module.network.for_data
  clients       = local.clients
  access_points = { home = { path = "/n8n" } }
}
