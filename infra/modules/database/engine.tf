# The version, and the settings that depend on it.
locals {
  version = coalesce(var.engine_version, "16")
  major   = split(".", local.version)[0]
  exact   = strcontains(local.version, ".")

  # With "16" the provider sees no change from 16.8 to 16.9. With an exact version it would try to go back to
  # that one after AWS has raised it, which AWS refuses (hashicorp/terraform-provider-aws issue 39579).
  auto_minor_version_upgrade = coalesce(var.auto_minor_version_upgrade, !local.exact)

  # The first versions with a minimum of 0 (facts of Aurora's auto-pause). For a major version alone AWS takes
  # a newer one.
  first_to_pause = { "13" = 15, "14" = 12, "15" = 7, "16" = 3 }
  can_pause      = tonumber(local.major) > 16 || try(tonumber(split(".", local.version)[1]) >= local.first_to_pause[local.major], !local.exact)
}

# The same for a cluster and an instance.
resource "terraform_data" "version" {
  lifecycle {
    precondition {
      condition     = !(local.exact && local.auto_minor_version_upgrade)
      error_message = "engine_version must be a major version alone, such as 16, with auto_minor_version_upgrade: from an exact one Terraform would try to go back after AWS has raised it."
    }
    # Another major version needs another parameter group. The old one can be deleted only when no database
    # uses it, which would be after the maintenance window.
    precondition {
      condition     = !var.allow_major_version_upgrade || var.apply_immediately
      error_message = "allow_major_version_upgrade needs apply_immediately: until the maintenance window the parameter group of the version before is in use and cannot be deleted."
    }
  }
}
