mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "test"
}

run "defaults" {
  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "enabled" && aws_ecs_cluster_capacity_providers.this.capacity_providers == toset(["FARGATE", "FARGATE_SPOT"])
    error_message = "Insights, and both kinds of Fargate."
  }
  assert {
    condition     = output.namespace == null && output.exec_log_group_name == null && length(aws_ecs_cluster.this.configuration) == 0
    error_message = "Nothing more unless asked for."
  }
}

run "everything" {
  variables {
    container_insights = "enhanced"
    namespace          = { name = "test.internal", vpc_id = "vpc-1" }
    exec_logs          = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/one", retention_days = 7 }
  }
  assert {
    condition     = output.namespace == { id = "ns-0123456789abcdef", name = "test.internal", arn = "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-0123456789abcdef" }
    error_message = "A namespace."
  }
  assert {
    condition     = one(one(aws_ecs_cluster.this.configuration).execute_command_configuration).kms_key_id == "arn:aws:kms:eu-west-1:111122223333:key/one" && aws_cloudwatch_log_group.exec[0].retention_in_days == 7
    error_message = "Sessions are encrypted and recorded."
  }
}

run "name" {
  command = plan
  variables {
    name = "a b"
  }
  expect_failures = [var.name]
}

run "container_insights" {
  command = plan
  variables {
    container_insights = "on"
  }
  expect_failures = [var.container_insights]
}

run "namespace" {
  command = plan
  variables {
    namespace = { name = "Test", vpc_id = "vpc-1" }
  }
  expect_failures = [var.namespace]
}

run "exec_logs" {
  command = plan
  variables {
    exec_logs = { kms_key_arn = "one" }
  }
  expect_failures = [var.exec_logs]
}
