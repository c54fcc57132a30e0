# The end of the final snapshot's name: a new one whenever the database is created, because snapshot names are
# unique and the snapshot stays. A change of these values replaces the database.
resource "terraform_data" "life" {
  triggers_replace = [var.name, var.kind, var.port, var.database_name, local.username, var.kms_key_arn]
}

locals {
  final_snapshot_identifier = var.skip_final_snapshot ? null : coalesce(var.final_snapshot_identifier, "${var.name}-final-${substr(terraform_data.life.id, 0, 8)}")
}
