mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "test"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  # No app logs in as the master user.
  master_user_password_rotation_automatically_after_days = 7
}

run "aurora_that_pauses" {
  variables {
    clients      = { service = "sg-1" }
    client_cidrs = ["10.0.0.0/16"]
  }
  assert {
    condition     = one(aws_rds_cluster.this[0].serverlessv2_scaling_configuration).min_capacity == 0 && one(aws_rds_cluster.this[0].serverlessv2_scaling_configuration).seconds_until_auto_pause == 300
    error_message = "It pauses after five minutes."
  }
  assert {
    condition     = aws_rds_cluster.this[0].engine_mode == "provisioned" && aws_rds_cluster_instance.this["1"].instance_class == "db.serverless" && length(aws_rds_cluster_instance.this) == 1 && length(aws_db_instance.this) == 0
    error_message = "One serverless instance."
  }
  assert {
    condition     = aws_rds_cluster.this[0].manage_master_user_password && aws_rds_cluster.this[0].master_password == null && length(aws_secretsmanager_secret.login) == 0 && output.secret_arn == "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-made-AbCdEf"
    error_message = "The password is RDS's own."
  }
  assert {
    condition     = aws_rds_cluster.this[0].enable_http_endpoint && aws_rds_cluster.this[0].storage_encrypted && !aws_rds_cluster_instance.this["1"].publicly_accessible
    error_message = "The Data API, encryption, no public address."
  }
  assert {
    condition     = aws_rds_cluster_parameter_group.this[0].family == "aurora-postgresql16" && contains([for parameter in aws_rds_cluster_parameter_group.this[0].parameter : "${parameter.name}=${parameter.value}"], "rds.force_ssl=1")
    error_message = "TLS is required."
  }
  assert {
    condition     = aws_rds_cluster.this[0].vpc_security_group_ids == toset([aws_security_group.this.id]) && keys(aws_vpc_security_group_ingress_rule.clients) == ["service"] && keys(aws_vpc_security_group_ingress_rule.blocks) == ["10.0.0.0/16"]
    error_message = "Only these may connect."
  }
  assert {
    condition     = output.host == "made.cluster-abc.eu-west-1.rds.amazonaws.com" && output.arn == "arn:aws:rds:eu-west-1:111122223333:cluster:made"
    error_message = "The writer's address."
  }
}

run "aurora_that_does_not_pause" {
  variables {
    aurora         = { min_capacity = 0.5, max_capacity = 4, readers = 1 }
    engine_version = "15.4"
  }
  assert {
    condition     = local.seconds_until_auto_pause == null
    error_message = "With a minimum above 0 the provider refuses a pause."
  }
  assert {
    condition     = [for instance in aws_rds_cluster_instance.this : instance.promotion_tier] == [0, 1]
    error_message = "A reader that follows its writer."
  }
}

run "an_instance_with_everything" {
  variables {
    name       = "everything"
    kind       = "instance"
    instance   = { instance_class = "db.t4g.small", allocated_storage = 50, max_allocated_storage = 200 }
    login      = { username = "root_user", password = "it's-a-long-one" }
    monitoring = { seconds = 60, insights = true, logs = true, log_retention_days = 90 }

    backup_retention_period    = 30
    backup_window              = "01:00-02:00"
    maintenance_window         = "mon:04:00-mon:05:00"
    auto_minor_version_upgrade = false
    apply_immediately          = true
    final_snapshot_identifier  = "the-end-of-everything"
    role_path                  = "/team/"
    permissions_boundary       = "arn:aws:iam::111122223333:policy/boundary"
    network                    = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-9"] }
    parameters = {
      log_statement            = { value = "all" }
      shared_preload_libraries = { value = "pg_stat_statements", static = true }
    }
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001"
    alarms      = { actions = ["arn:aws:sns:eu-west-1:111122223333:alarms"], connections = 70 }
  }
  assert {
    condition     = aws_db_instance.this[0].storage_type == "gp3" && aws_db_instance.this[0].max_allocated_storage == 200 && aws_db_instance.this[0].deletion_protection && aws_db_instance.this[0].final_snapshot_identifier == "the-end-of-everything"
    error_message = "Storage that grows, and protection."
  }
  assert {
    condition     = aws_db_instance.this[0].monitoring_interval == 60 && aws_db_instance.this[0].performance_insights_enabled && length(aws_iam_role_policy_attachment.monitoring) == 1
    error_message = "Monitoring."
  }
  assert {
    condition     = { for parameter in aws_db_parameter_group.this[0].parameter : parameter.name => parameter.apply_method } == { "rds.force_ssl" = "immediate", log_statement = "immediate", shared_preload_libraries = "pending-reboot" }
    error_message = "Static parameters wait for a start."
  }
  assert {
    condition     = jsondecode(aws_secretsmanager_secret_version.login[0].secret_string) == { engine = "postgres", host = "made.abc.eu-west-1.rds.amazonaws.com", port = 5432, dbname = "app", username = "root_user", password = "it's-a-long-one" }
    error_message = "All that the entrypoint takes from a secret."
  }
  assert {
    condition     = output.secret_arn == "arn:aws:secretsmanager:eu-west-1:111122223333:secret:made-AbCdEf" && aws_db_instance.this[0].manage_master_user_password == null
    error_message = "The password is the user's, in this module's secret."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["connections", "cpu", "storage"] && aws_cloudwatch_metric_alarm.this["connections"].threshold == 70 && aws_cloudwatch_metric_alarm.this["storage"].threshold == 5368709120
    error_message = "Connections, CPU and storage."
  }
  assert {
    condition     = aws_db_instance.this[0].backup_retention_period == 30 && aws_db_instance.this[0].backup_window == "01:00-02:00" && aws_db_instance.this[0].maintenance_window == "mon:04:00-mon:05:00" && !aws_db_instance.this[0].auto_minor_version_upgrade && aws_db_instance.this[0].apply_immediately
    error_message = "Backups and maintenance."
  }
  assert {
    condition     = jsondecode(aws_iam_role.monitoring[0].assume_role_policy).Statement[0].Condition == { StringEquals = { "aws:SourceAccount" = "111122223333" }, ArnLike = { "aws:SourceArn" = "arn:aws:rds:eu-west-1:111122223333:db:everything" } }
    error_message = "The role is for the monitoring of this instance alone."
  }
  assert {
    condition     = aws_iam_role.monitoring[0].path == "/team/" && aws_iam_role.monitoring[0].permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "Path and boundary."
  }
  assert {
    condition     = output.log_group_names == ["/aws/rds/instance/everything/postgresql", "/aws/rds/instance/everything/upgrade"] && aws_cloudwatch_log_group.this["postgresql"].retention_in_days == 90
    error_message = "Log groups that do not stay for ever."
  }
  assert {
    condition     = contains(aws_db_instance.this[0].vpc_security_group_ids, "sg-9") && length(aws_db_instance.this[0].vpc_security_group_ids) == 2
    error_message = "A security group of the user's as well."
  }
  assert {
    condition     = output.password_rotates_after_days == null && length(aws_secretsmanager_secret_rotation.managed) == 0
    error_message = "Nothing rotates a password of the user's own."
  }
}

run "alarms_of_aurora" {
  variables {
    alarms = { cpu = 0 }
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["capacity"] && aws_cloudwatch_metric_alarm.this["capacity"].treat_missing_data == "notBreaching"
    error_message = "Paused, there is no data."
  }
}

run "an_instance_with_read_replicas" {
  variables {
    name                                                   = "replicated"
    kind                                                   = "instance"
    login                                                  = { username = "app", password = "correct-horse" }
    instance                                               = { read_replicas = 2 }
    master_user_password_rotation_automatically_after_days = null
  }
  assert {
    condition     = [for replica in aws_db_instance.replica : [replica.identifier, replica.replicate_source_db]] == [["replicated-replica-1", "replicated"], ["replicated-replica-2", "replicated"]]
    error_message = "Two that follow the first."
  }
  assert {
    condition     = alltrue([for replica in aws_db_instance.replica : replica.storage_encrypted && !replica.publicly_accessible && replica.vpc_security_group_ids == toset([aws_security_group.this.id])]) && length(output.read_replica_hosts) == 2
    error_message = "As closed as the first."
  }
}
