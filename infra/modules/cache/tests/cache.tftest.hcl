mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "cache"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
}

run "defaults" {
  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.at_rest_encryption_enabled && !aws_elasticache_replication_group.this.automatic_failover_enabled
    error_message = "TLS and encryption, one node."
  }
  assert {
    condition     = aws_elasticache_user.default[0].access_string == "off ~* -@all" && aws_elasticache_user.app[0].user_name == "app" && length(aws_elasticache_user_group.this[0].user_ids) == 2
    error_message = "No login without a username."
  }
  assert {
    condition     = aws_elasticache_parameter_group.this.family == "redis7" && one(aws_elasticache_parameter_group.this.parameter).value == "noeviction" && aws_elasticache_parameter_group.this.name == "cache-redis7"
    error_message = "Parameters of version 7, and no entry of a queue goes."
  }
  # Sidekiq, Redisson, StackExchange.Redis and ioredis (Bull, n8n) ask for INFO when they connect.
  assert {
    condition     = nonsensitive(aws_elasticache_user.app[0].access_string) == "on ~* &* +@all -@dangerous +info"
    error_message = "What the common clients need."
  }
  assert {
    condition     = length(nonsensitive(jsondecode(aws_secretsmanager_secret_version.login[0].secret_string)).password) == 64 && nonsensitive(aws_elasticache_user.app[0].authentication_mode[0].passwords) == toset([nonsensitive(jsondecode(aws_secretsmanager_secret_version.login[0].secret_string)).password])
    error_message = "A password that Secrets Manager generates."
  }
  assert {
    condition     = can(regex("^cache-final-[0-9a-f]{8}$", aws_elasticache_replication_group.this.final_snapshot_identifier)) && output.final_snapshot_identifier == aws_elasticache_replication_group.this.final_snapshot_identifier
    error_message = "A final snapshot."
  }
  assert {
    condition     = aws_elasticache_replication_group.this.auth_token == null && length(aws_elasticache_replication_group.this.user_group_ids) == 1 && length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Logins by the group, no alarms unless asked for."
  }
  assert {
    condition     = jsondecode(nonsensitive(aws_secretsmanager_secret_version.login[0].secret_string)).username == "app" && aws_cloudwatch_log_group.slow.retention_in_days == 7
    error_message = "The login in a secret, the slow log for a week."
  }
}

run "the_password_stays" {
  override_data {
    target = data.aws_secretsmanager_random_password.this[0]
    values = { random_password = "another-one-at-each-plan-0123456789" }
  }
  assert {
    condition     = nonsensitive(jsondecode(aws_secretsmanager_secret_version.login[0].secret_string)).password != "another-one-at-each-plan-0123456789"
    error_message = "No plan has another password."
  }
}

run "valkey_with_two_nodes" {
  variables {
    engine             = "valkey"
    engine_version     = "8.0"
    num_cache_clusters = 2
    clients            = { app = "sg-1" }
  }
  assert {
    condition     = aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_parameter_group.this.family == "valkey8" && aws_vpc_security_group_ingress_rule.clients["app"].from_port == 6379
    error_message = "The other takes over."
  }
}

run "with_a_token" {
  variables {
    name           = "token"
    authentication = "token"
    login          = { password = "a-long-password-of-32-characters" }
  }
  assert {
    condition     = nonsensitive(aws_elasticache_replication_group.this.auth_token) == "a-long-password-of-32-characters" && aws_elasticache_replication_group.this.user_group_ids == null && length(aws_elasticache_user.app) == 0
    error_message = "One token for all, and no users."
  }
  assert {
    condition     = nonsensitive(jsondecode(aws_secretsmanager_secret_version.login[0].secret_string)) == { username = "default", password = "a-long-password-of-32-characters" } && output.user_id == null
    error_message = "The token in a secret."
  }
}

run "without_a_login" {
  variables {
    name           = "open"
    authentication = "none"
  }
  assert {
    condition     = aws_elasticache_replication_group.this.auth_token == null && aws_elasticache_replication_group.this.user_group_ids == null && output.secret_arn == null && aws_elasticache_replication_group.this.transit_encryption_enabled
    error_message = "The security group alone, and TLS nevertheless."
  }
}

run "as_a_cache_that_is_thrown_away" {
  variables {
    name                = "thrown"
    eviction            = "allkeys-lru"
    skip_final_snapshot = true
    num_cache_clusters  = 2
    client_cidrs        = ["10.0.0.0/16"]
    alarms              = { actions = ["arn:aws:sns:eu-west-1:111122223333:alarms"], cpu = 0 }
    network             = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-9"] }
  }
  assert {
    condition     = aws_elasticache_replication_group.this.final_snapshot_identifier == null && one(aws_elasticache_parameter_group.this.parameter).value == "allkeys-lru"
    error_message = "Nothing is left of it."
  }
  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.dimensions.CacheClusterId } == { memory-1 = "thrown-001", memory-2 = "thrown-002" }
    error_message = "Each node's memory."
  }
  assert {
    condition     = contains(aws_elasticache_replication_group.this.security_group_ids, "sg-9") && aws_vpc_security_group_ingress_rule.blocks["10.0.0.0/16"].to_port == 6379
    error_message = "A security group of the user's as well, and the VPC."
  }
}

run "long_names" {
  variables {
    name  = "a-cache-of-thirty-two-characters"
    login = { username = "a-user-of-thirty-one-characters" }
  }
  assert {
    condition     = aws_elasticache_user.default[0].user_id == "a-cache-of-thirty-two-characters-default" && length(aws_elasticache_user.app[0].user_id) <= 40 && aws_elasticache_user.app[0].user_name == "a-user-of-thirty-one-characters"
    error_message = "ElastiCache takes an id of 40 characters."
  }
}
