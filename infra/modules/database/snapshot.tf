# The end of the name of the final snapshot: another one whenever the database is made anew, as a snapshot's
# name can be used once and the snapshot stays. What stands here replaces the database.
resource "terraform_data" "life" {
  triggers_replace = [var.name, var.kind, var.port, var.database_name, local.username, var.kms_key_arn]
}

locals {
  final_snapshot_identifier = var.skip_final_snapshot ? null : coalesce(var.final_snapshot_identifier, "${var.name}-final-${substr(terraform_data.life.id, 0, 8)}")
}
