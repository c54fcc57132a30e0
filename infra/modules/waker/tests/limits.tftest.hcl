# AWS's limits, at the limit and one above it, in the plan: before anything is created.
mock_provider "aws" {
  source = "../../mocks"
}

# In AWS's form.
override_resource {
  target = aws_lb_listener_rule.route["env-00"]
  values = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/shared/0123456789abcdef/0123456789abcdef/fedcba9876543210"
  }
}

override_resource {
  target = aws_lb_target_group.waker["env-00"]
  values = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/waker-env-00/fedcba9876543210"
  }
}

override_resource {
  target = aws_cloudwatch_log_group.waker
  values = {
    arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/waker"
  }
}

variables {
  name         = "waker"
  package      = { s3_bucket = "releases", s3_key = "waker.zip" }
  config_layer = { arn = "arn:aws:lambda:eu-west-1:111122223333:layer:waker-config:1" }
  events       = false

  # Two services and Aurora by the Data API each.
  environments = { for i in range(12) : format("env-%02d", i) => {
    listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/0123456789abcdef/0123456789abcdef"
    priority             = 100 + 3 * i
    hosts                = [format("env-%02d.example.com", i)]
    app_target_group_arn = format("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/env-%02d/0123456789abcdef", i)
    services = [
      { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/environments", name = format("env-%02d-web", i), target_group_arn = format("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/env-%02d/0123456789abcdef", i) },
      { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/environments", name = format("env-%02d-worker", i) },
    ]
    database = {
      kind     = "aurora"
      arn      = format("arn:aws:rds:eu-west-1:111122223333:cluster:env-%02d", i)
      data_api = { secret_arn = format("arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-00000000-0000-0000-0000-0000000000%02d-AbCdEf", i) }
    }
  } }
}

run "policy" {
  command = plan
  assert {
    condition     = output.sizes.policy > 9000 && output.sizes.policy < 10240
    error_message = "Near enough to the limit for one name to make the rest: ${output.sizes.policy}."
  }
}

run "policy_of_10240_characters" {
  command = plan
  variables {
    environments = merge(var.environments, { env-00 = merge(var.environments.env-00, { services = concat(var.environments.env-00.services, [{
      cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/environments"
      # A service's ARN is 64 characters and its name, with quotes and a comma.
      name = format("%0${10240 - run.policy.sizes.policy - length("\"arn:aws:ecs:eu-west-1:111122223333:service/environments/\",")}d", 0)
    }]) }) })
  }
  assert {
    condition     = output.sizes.policy == 10240
    error_message = "The largest that IAM takes: ${output.sizes.policy}."
  }
}

run "policy_of_10241_characters" {
  command = plan
  variables {
    environments = merge(var.environments, { env-00 = merge(var.environments.env-00, { services = concat(var.environments.env-00.services, [{
      cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/environments"
      name        = format("%0${10241 - run.policy.sizes.policy - length("\"arn:aws:ecs:eu-west-1:111122223333:service/environments/\",")}d", 0)
    }]) }) })
  }
  expect_failures = [aws_iam_role_policy.waker[0]]
}

# With a permission of each kind, the planned size is the real one.
run "the_size_is_that_of_the_policy" {
  variables {
    environments = { env-00 = var.environments.env-00 }
  }
  assert {
    condition     = output.sizes.policy == length(output.policy_json)
    error_message = "${output.sizes.policy} planned, ${length(output.policy_json)} made."
  }
}

run "variables" {
  command = plan
  variables {
    config_layer = null
    environments = { env-00 = merge(var.environments.env-00, { theme = { title = "Umgebung für Übungen" } }) }
  }
}

run "variables_of_4096_bytes" {
  command = plan
  variables {
    config_layer          = null
    environments          = { env-00 = merge(var.environments.env-00, { theme = { title = "Umgebung für Übungen" } }) }
    environment_variables = { PAD = format("%0${4096 - run.variables.sizes.variables - length("\"PAD\":\"\",")}d", 0) }
  }
  assert {
    condition     = output.sizes.variables == 4096
    error_message = "The most that Lambda takes: ${output.sizes.variables}."
  }
}

run "variables_of_4097_bytes" {
  command = plan
  variables {
    config_layer          = null
    environments          = { env-00 = merge(var.environments.env-00, { theme = { title = "Umgebung für Übungen" } }) }
    environment_variables = { PAD = format("%0${4097 - run.variables.sizes.variables - length("\"PAD\":\"\",")}d", 0) }
  }
  expect_failures = [aws_lambda_function.waker]
}

# Bytes, and not characters: an umlaut has two.
run "variables_are_measured_in_bytes" {
  variables {
    config_layer = null
    environments = { env-00 = merge(var.environments.env-00, { theme = { title = "Übungen" } }) }
  }
  assert {
    condition     = output.sizes.variables == length(jsonencode({ WAKER_CONFIG = output.config_json })) + 1
    error_message = "${output.sizes.variables} planned, ${length(jsonencode({ WAKER_CONFIG = output.config_json }))} characters made."
  }
}

run "patterns" {
  command = plan
  variables {
    events = true
  }
  assert {
    condition     = output.sizes.event_patterns.services < 2048 && strcontains(aws_cloudwatch_event_rule.look["services"].event_pattern, "service/environments/env-00-web")
    error_message = "As long as they fit the services are named: ${output.sizes.event_patterns.services}."
  }
}

run "pattern_of_2048_characters" {
  command = plan
  variables {
    events = true
    environments = merge(var.environments, { env-00 = merge(var.environments.env-00, { services = concat(var.environments.env-00.services, [{
      cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/environments"
      name        = format("%0${2048 - run.patterns.sizes.event_patterns.services - length("\"arn:aws:ecs:eu-west-1:111122223333:service/environments/\",")}d", 0)
    }]) }) })
  }
  assert {
    condition     = output.sizes.event_patterns.services == 2048 && strcontains(aws_cloudwatch_event_rule.look["services"].event_pattern, "service/environments/env-00-web")
    error_message = "The largest that EventBridge takes by its default quota: ${output.sizes.event_patterns.services}."
  }
}

run "pattern_of_more_takes_the_clusters" {
  command = plan
  variables {
    events = true
    environments = merge(var.environments, { env-00 = merge(var.environments.env-00, { services = concat(var.environments.env-00.services, [{
      cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/environments"
      name        = format("%0${2049 - run.patterns.sizes.event_patterns.services - length("\"arn:aws:ecs:eu-west-1:111122223333:service/environments/\",")}d", 0)
    }]) }) })
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.look["services"].event_pattern).resources == [{ prefix = "arn:aws:ecs:eu-west-1:111122223333:service/environments/" }]
    error_message = "One prefix for the cluster."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.look["tasks"].event_pattern).detail.group[0] == "service:env-00-web"
    error_message = "The other pattern still fits, and names them."
  }
}

# Even the clusters may be too much: one name is made as long as it takes.
run "clusters_of_2048_characters" {
  command = plan
  variables {
    role         = { name = "mine", arn = "arn:aws:iam::111122223333:role/mine", attach = false }
    events       = true
    environments = { env-00 = merge(var.environments.env-00, { services = [for service in var.environments.env-00.services : merge(service, { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/${format("%01857d", 0)}" })] }) }
  }
  assert {
    condition     = output.sizes.event_patterns.tasks == 2048
    error_message = "The largest that EventBridge takes: ${output.sizes.event_patterns.tasks}."
  }
}

run "clusters_of_2049_characters" {
  command = plan
  variables {
    role         = { name = "mine", arn = "arn:aws:iam::111122223333:role/mine", attach = false }
    events       = true
    environments = { env-00 = merge(var.environments.env-00, { services = [for service in var.environments.env-00.services : merge(service, { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/${format("%01858d", 0)}" })] }) }
  }
  expect_failures = [aws_cloudwatch_event_rule.look["tasks"]]
}

run "a_quota_that_was_raised" {
  command = plan
  variables {
    role                = { name = "mine", arn = "arn:aws:iam::111122223333:role/mine", attach = false }
    events              = true
    event_pattern_quota = 4096
    environments        = { env-00 = merge(var.environments.env-00, { services = [for service in var.environments.env-00.services : merge(service, { cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/${format("%01858d", 0)}" })] }) }
  }
}
