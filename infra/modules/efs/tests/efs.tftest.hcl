mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "work"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
}

run "defaults" {
  assert {
    condition     = aws_efs_file_system.this.encrypted && aws_efs_file_system.this.throughput_mode == "bursting" && length(aws_efs_mount_target.this) == 2 && one(aws_efs_backup_policy.this.backup_policy).status == "ENABLED"
    error_message = "Encrypted, kept, and in each zone."
  }
  assert {
    condition     = [for statement in jsondecode(aws_efs_file_system_policy.this.policy).Statement : statement.Sid] == ["TlsOnly", "ByAccessPoint"]
    error_message = "No mount without TLS, and none of the root."
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.clients) == 0 && length(output.mounts) == 0
    error_message = "No inbound connection is allowed."
  }
}

run "everything" {
  variables {
    clients                         = { tasks = "sg-1" }
    access_points                   = { work = { path = "/work", uid = 500, gid = 500 } }
    throughput_mode                 = "provisioned"
    provisioned_throughput_in_mibps = 100
    performance_mode                = "maxIO"
    backup                          = false
    infrequent_after_days           = 1
  }
  assert {
    condition     = aws_efs_file_system.this.provisioned_throughput_in_mibps == 100 && one(aws_efs_file_system.this.lifecycle_policy).transition_to_ia == "AFTER_1_DAY"
    error_message = "Throughput, and cheap storage after a day."
  }
  assert {
    condition     = one(one(aws_efs_access_point.this["work"].root_directory).creation_info).owner_uid == 500 && aws_vpc_security_group_ingress_rule.clients["tasks"].from_port == 2049
    error_message = "A folder of this owner, for these tasks."
  }
  assert {
    condition     = output.mounts["work"].access_point_id == "fsap-0123456789abcdef0"
    error_message = "As a task needs it."
  }
}
