mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "cache"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  login   = { password = "a-long-password-of-32-characters" }
}

run "defaults" {
  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.at_rest_encryption_enabled && !aws_elasticache_replication_group.this.automatic_failover_enabled
    error_message = "TLS and encryption, one node."
  }
  assert {
    condition     = aws_elasticache_user.default.access_string == "off ~* -@all" && aws_elasticache_user.app.user_name == "app" && length(aws_elasticache_user_group.this.user_ids) == 2
    error_message = "Nobody without a name."
  }
  assert {
    condition     = aws_elasticache_parameter_group.this.family == "redis7" && one(aws_elasticache_parameter_group.this.parameter).value == "allkeys-lru"
    error_message = "Parameters of version 7."
  }
  assert {
    condition     = jsondecode(nonsensitive(aws_secretsmanager_secret_version.login.secret_string)).username == "app" && aws_cloudwatch_log_group.slow.retention_in_days == 7
    error_message = "The login in a secret, the slow log for a week."
  }
}

run "valkey_with_two_nodes" {
  variables {
    engine  = { name = "valkey", version = "8.0" }
    nodes   = 2
    clients = { app = "sg-1" }
  }
  assert {
    condition     = aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_parameter_group.this.family == "valkey8" && aws_vpc_security_group_ingress_rule.clients["app"].from_port == 6379
    error_message = "The other takes over."
  }
}
