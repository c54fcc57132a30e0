# Versions that can be raised, and data that stays when the database goes.
mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "test"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  # No app logs in as the master user.
  master_user_password_rotation_automatically_after_days = 7
}

run "aurora_is_kept" {
  assert {
    condition     = aws_rds_cluster.this[0].deletion_protection && !aws_rds_cluster.this[0].skip_final_snapshot && can(regex("^test-final-[0-9a-f]{8}$", aws_rds_cluster.this[0].final_snapshot_identifier))
    error_message = "Protected, with a final snapshot."
  }
  # AWS withdraws minor versions: the default must not be one.
  assert {
    condition     = aws_rds_cluster.this[0].engine_version == "16" && aws_rds_cluster_instance.this["1"].auto_minor_version_upgrade
    error_message = "AWS keeps the minor version."
  }
  assert {
    condition     = output.final_snapshot_identifier == aws_rds_cluster.this[0].final_snapshot_identifier && output.connection == { host = output.host, port = 5432, name = "app", secret_arn = output.secret_arn }
    error_message = "The outputs."
  }
}

run "made_anew_it_has_another_last_snapshot" {
  variables {
    database_name = "other"
  }
  assert {
    condition     = aws_rds_cluster.this[0].final_snapshot_identifier != run.aurora_is_kept.final_snapshot_identifier
    error_message = "The name of a snapshot that is there cannot be used again."
  }
}

run "an_instance_is_kept" {
  variables {
    kind = "instance"
  }
  assert {
    condition     = aws_db_instance.this[0].deletion_protection && !aws_db_instance.this[0].skip_final_snapshot && can(regex("^test-final-[0-9a-f]{8}$", aws_db_instance.this[0].final_snapshot_identifier))
    error_message = "Protected, with a final snapshot."
  }
  assert {
    condition     = aws_db_instance.this[0].engine_version == "16" && aws_db_instance.this[0].auto_minor_version_upgrade
    error_message = "AWS keeps the minor version."
  }
}

run "thrown_away" {
  variables {
    deletion_protection = false
    skip_final_snapshot = true
  }
  assert {
    condition     = !aws_rds_cluster.this[0].deletion_protection && aws_rds_cluster.this[0].skip_final_snapshot && aws_rds_cluster.this[0].final_snapshot_identifier == null && output.final_snapshot_identifier == null
    error_message = "Nothing is left."
  }
}

run "from_a_snapshot" {
  variables {
    kind                = "instance"
    snapshot_identifier = "test-final-0123abcd"
  }
  assert {
    condition     = aws_db_instance.this[0].snapshot_identifier == "test-final-0123abcd"
    error_message = "The way back."
  }
}

run "made_and_the_snapshot_forgotten" {
  variables {
    kind = "instance"
  }
  assert {
    condition     = aws_db_instance.this[0].snapshot_identifier == "test-final-0123abcd"
    error_message = "No change, which would replace the instance."
  }
}

run "an_aurora_from_a_snapshot" {
  variables {
    snapshot_identifier = "test-final-0123abcd"
  }
  assert {
    condition     = aws_rds_cluster.this[0].snapshot_identifier == "test-final-0123abcd"
    error_message = "The same of a cluster."
  }
}

run "an_exact_version_stays" {
  variables {
    engine_version = "16.8"
  }
  assert {
    condition     = aws_rds_cluster.this[0].engine_version == "16.8" && !aws_rds_cluster_instance.this["1"].auto_minor_version_upgrade
    error_message = "AWS does not raise it, so Terraform does not try to lower it."
  }
}

# The state has 16.8: nothing ignores the change.
run "a_minor_version_is_raised" {
  variables {
    engine_version = "16.9"
  }
  assert {
    condition     = aws_rds_cluster.this[0].engine_version == "16.9" && aws_rds_cluster_parameter_group.this[0].name == "test-aurora-postgresql16"
    error_message = "In place, with the same parameter group."
  }
}

run "a_major_version_is_raised" {
  variables {
    engine_version              = "17"
    allow_major_version_upgrade = true
    apply_immediately           = true
  }
  assert {
    condition     = aws_rds_cluster.this[0].engine_version == "17" && aws_rds_cluster.this[0].allow_major_version_upgrade && aws_rds_cluster.this[0].db_cluster_parameter_group_name == "test-aurora-postgresql17" && aws_rds_cluster_parameter_group.this[0].family == "aurora-postgresql17"
    error_message = "With a parameter group of its family, made beside the one before."
  }
}

run "an_instances_version_is_raised" {
  variables {
    kind                        = "instance"
    engine_version              = "17"
    allow_major_version_upgrade = true
    apply_immediately           = true
  }
  assert {
    condition     = aws_db_instance.this[0].engine_version == "17" && aws_db_instance.this[0].allow_major_version_upgrade && aws_db_instance.this[0].parameter_group_name == "test-postgres17"
    error_message = "The same of an instance."
  }
}

run "rds_rotates_under_the_app" {
  command = plan
  variables {
    master_user_password_rotation_automatically_after_days = null
  }
  expect_failures = [check.rotation]
}

run "a_longer_time" {
  variables {
    master_user_password_rotation_automatically_after_days = 365
  }
  assert {
    condition     = one(aws_secretsmanager_secret_rotation.managed[0].rotation_rules).automatically_after_days == 365 && !aws_secretsmanager_secret_rotation.managed[0].rotate_immediately && aws_secretsmanager_secret_rotation.managed[0].secret_id == output.secret_arn
    error_message = "The secret of RDS rotates once a year, and not at once."
  }
}

run "as_rds_does_it" {
  assert {
    condition     = length(aws_secretsmanager_secret_rotation.managed) == 0 && output.password_rotates_after_days == 7
    error_message = "7 is what RDS has set."
  }
}

run "monitoring_of_aurora_and_a_role_of_the_users" {
  variables {
    monitoring = { seconds = 60, role_arn = "arn:aws:iam::111122223333:role/monitoring" }
  }
  assert {
    condition     = length(aws_iam_role.monitoring) == 0 && aws_rds_cluster_instance.this["1"].monitoring_role_arn == "arn:aws:iam::111122223333:role/monitoring" && output.monitoring_role_arn == "arn:aws:iam::111122223333:role/monitoring"
    error_message = "None is made."
  }
}

run "monitoring_of_aurora" {
  variables {
    monitoring = { seconds = 60 }
  }
  assert {
    condition     = jsondecode(aws_iam_role.monitoring[0].assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:rds:eu-west-1:111122223333:db:test-*"
    error_message = "The role is for the monitoring of this cluster's instances alone."
  }
}

run "a_long_name_in_two_regions" {
  variables {
    name       = "a-database-whose-name-has-forty-eight-characters"
    monitoring = { seconds = 60 }
  }
  assert {
    condition     = length(aws_iam_role.monitoring[0].name) == 64 && local.role_names.hours == "a-database-whose-name-has-forty-eight-characters-hours-eu-west-1"
    error_message = "A role's name has the region, and no more than IAM's 64 characters."
  }
}
