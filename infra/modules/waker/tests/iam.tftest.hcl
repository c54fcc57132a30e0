# The function's permissions, statement by statement: only necessary ones, with the narrowest scope.
mock_provider "aws" {
  source = "../../mocks"
}

override_resource {
  target = aws_lb_listener_rule.route["staging"]
  values = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/route"
  }
}

variables {
  name    = "waker"
  package = { s3_bucket = "releases", s3_key = "waker.zip" }
  environments = {
    staging = {
      listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
      priority             = 100
      app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
      services = [{
        cluster_arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
        name             = "web"
        target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
      }]
    }
  }
}

run "without_a_database" {
  assert {
    condition = { for statement in jsondecode(output.policy_json).Statement : statement.Sid => statement.Resource } == {
      Log                 = ["arn:aws:logs:eu-west-1:111122223333:log-group:made:*"]
      Services            = ["arn:aws:ecs:eu-west-1:111122223333:service/staging/web"]
      ListTasks           = ["*"]
      Tasks               = ["arn:aws:ecs:eu-west-1:111122223333:task/staging/*"]
      LookAtLoadBalancers = ["*"]
      TurnRoutes          = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/route"]
      NoteOnRoutes        = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/route"]
      Metrics             = ["*"]
      SuspendScaling      = ["arn:aws:application-autoscaling:eu-west-1:111122223333:scalable-target/*"]
      AlarmsOfScaling     = ["*"]
    }
    error_message = "Each statement has the narrowest scope, and there is none for what is not there."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(output.policy_json).Statement : contains(["AlarmsOfScaling", "ListTasks", "LookAtLoadBalancers", "Metrics"], statement.Sid) if statement.Resource == ["*"]])
    error_message = "A wildcard only where AWS has no scope."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policy_json).Statement : statement if statement.Sid == "ListTasks"]).Condition.ArnEquals["ecs:cluster"] == ["arn:aws:ecs:eu-west-1:111122223333:cluster/staging"]
    error_message = "Where the resource cannot be scoped, the cluster is."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policy_json).Statement : statement if statement.Sid == "NoteOnRoutes"]).Action == ["elasticloadbalancing:AddTags"]
    error_message = "It overwrites its tags, and removes none."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policy_json).Statement : statement if statement.Sid == "NoteOnRoutes"]).Condition["ForAllValues:StringEquals"]["aws:TagKeys"] == ["reveille:state", "reveille:scaling", "reveille:wakes-0", "reveille:wakes-1"]
    error_message = "It writes its own tags only."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(output.policy_json).Statement : statement.Effect == "Allow"]) && alltrue(flatten([for statement in jsondecode(output.policy_json).Statement : [for action in flatten([statement.Action]) : !strcontains(action, "*")]]))
    error_message = "No action is a wildcard."
  }
}

run "with_aurora_by_the_data_api" {
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services = [{
          cluster_arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
          name             = "web"
          target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        }]
        database = {
          kind = "aurora"
          arn  = "arn:aws:rds:eu-west-1:111122223333:cluster:staging"
          data_api = {
            secret_arn  = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:staging-AbCdEf"
            database    = "app"
            kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/one"
          }
        }
      }
    }
  }
  assert {
    condition = { for statement in jsondecode(output.policy_json).Statement : statement.Sid => [statement.Action, statement.Resource] if contains(["Aurora", "AuroraMembers", "StopAurora", "Instances", "StopInstances", "DataApi", "DataApiSecrets", "DataApiKeys"], statement.Sid) } == {
      Aurora         = [["rds:DescribeDBClusters", "rds:StartDBCluster"], ["arn:aws:rds:eu-west-1:111122223333:cluster:staging"]]
      AuroraMembers  = [["rds:DescribeDBInstances"], ["arn:aws:rds:eu-west-1:111122223333:db:*"]]
      DataApi        = [["rds-data:ExecuteStatement"], ["arn:aws:rds:eu-west-1:111122223333:cluster:staging"]]
      DataApiSecrets = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:staging-AbCdEf"]]
      DataApiKeys    = [["kms:Decrypt"], ["arn:aws:kms:eu-west-1:111122223333:key/one"]]
    }
    error_message = "It may start the cluster and ask it, see its instances, and not stop it."
  }
  assert {
    condition = one([for statement in jsondecode(output.policy_json).Statement : statement if statement.Sid == "DataApiKeys"]).Condition.StringEquals == {
      "kms:ViaService"                  = "secretsmanager.eu-west-1.amazonaws.com"
      "kms:EncryptionContext:SecretARN" = ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:staging-AbCdEf"]
    }
    error_message = "The key is for this secret only."
  }
  assert {
    condition     = jsondecode(output.config_json).environments[0].database == { kind = "aurora", identifier = "staging", probe = { data_api = { resource_arn = "arn:aws:rds:eu-west-1:111122223333:cluster:staging", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:staging-AbCdEf", database = "app" } } }
    error_message = "The waker is told to ask by the Data API."
  }
}

run "with_an_instance_that_stops" {
  variables {
    vpc = { id = "vpc-1", subnet_ids = ["subnet-1"] }
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services = [{
          cluster_arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
          name             = "web"
          target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        }]
        database = {
          kind           = "instance"
          arn            = "arn:aws:rds:eu-west-1:111122223333:db:staging"
          stop_when_idle = true
          connect        = { host = "staging.abc.eu-west-1.rds.amazonaws.com" }
        }
      }
    }
  }
  assert {
    condition = { for statement in jsondecode(output.policy_json).Statement : statement.Sid => [statement.Action, statement.Resource] if can(regex("Aurora|Instances|DataApi", statement.Sid)) } == {
      Instances     = [["rds:DescribeDBInstances", "rds:StartDBInstance"], ["arn:aws:rds:eu-west-1:111122223333:db:staging"]]
      StopInstances = [["rds:StopDBInstance"], ["arn:aws:rds:eu-west-1:111122223333:db:staging"]]
    }
    error_message = "It may stop the instance where it is told to."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policy_json).Statement : statement if statement.Sid == "NotByTheCode"]).Condition.ArnEquals["lambda:SourceFunctionArn"] == ["arn:aws:lambda:eu-west-1:111122223333:function:waker"]
    error_message = "Network interfaces are Lambda's to make, not the code's."
  }
}

run "with_cognito_in_front" {
  variables {
    cognito_user_pool_arns = ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"]
  }
  assert {
    condition = one([for statement in jsondecode(output.policy_json).Statement : [statement.Action, statement.Resource] if statement.Sid == "Cognito"]) == [
      ["cognito-idp:DescribeUserPoolClient"], ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"],
    ]
    error_message = "Writing a rule with authenticate-cognito needs permission to read its user pool."
  }
}

run "with_a_service_that_has_a_short_arn" {
  variables {
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services = [{
          cluster_arn      = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
          name             = "web"
          arn              = "arn:aws:ecs:eu-west-1:111122223333:service/web"
          target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        }]
      }
    }
  }
  assert {
    condition = { for statement in jsondecode(output.policy_json).Statement : statement.Sid => statement.Resource if contains(["Services", "Tasks"], statement.Sid) } == {
      Services = ["arn:aws:ecs:eu-west-1:111122223333:service/staging/web", "arn:aws:ecs:eu-west-1:111122223333:service/web"]
      Tasks    = ["arn:aws:ecs:eu-west-1:111122223333:task/staging/*", "arn:aws:ecs:eu-west-1:111122223333:task/*"]
    }
    error_message = "Both forms of its ARN and of its tasks' are allowed."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policy_json).Statement : statement if statement.Sid == "Tasks"]).Condition.ArnEquals["ecs:cluster"] == ["arn:aws:ecs:eu-west-1:111122223333:cluster/staging"]
    error_message = "The cluster scopes the tasks."
  }
  assert {
    condition     = contains(jsondecode(aws_cloudwatch_event_rule.look["services"].event_pattern).resources, "arn:aws:ecs:eu-west-1:111122223333:service/web")
    error_message = "Its events come too."
  }
}

run "without_scaling" {
  variables {
    environments = {
      staging = merge(var.environments.staging, {
        services = [for service in var.environments.staging.services : merge(service, { scales = false })]
      })
    }
  }
  assert {
    condition     = length([for statement in jsondecode(output.policy_json).Statement : statement if contains(["AlarmsOfScaling", "SuspendScaling"], statement.Sid)]) == 0
    error_message = "Where nothing scales, nothing of it is allowed."
  }
}

run "roles_by_the_accounts_rules" {
  variables {
    role_path            = "/apps/"
    permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  }
  assert {
    condition     = alltrue([for role in [aws_iam_role.waker[0], aws_iam_role.tick[0]] : role.path == "/apps/" && role.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"])
    error_message = "Path and boundary of both roles."
  }
  assert {
    condition     = [aws_iam_role.waker[0].name, aws_iam_role.tick[0].name] == ["waker-eu-west-1", "waker-tick-eu-west-1"]
    error_message = "IAM's names are of the account: another region's waker may have the same name."
  }
  assert {
    condition     = alltrue([for role in [aws_iam_role.waker[0], aws_iam_role.tick[0]] : jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"])
    error_message = "Lambda and Scheduler assume them for this account alone."
  }
}

run "a_long_name" {
  variables {
    name = "a-name-of-as-many-characters-as-eventbridge-can-take"
  }
  assert {
    condition     = length(aws_iam_role.tick[0].name) <= 64 && length(aws_cloudwatch_event_rule.look["services"].name) <= 64 && length(aws_scheduler_schedule.tick.name) <= 64
    error_message = "Every name fits."
  }
}

run "roles_that_are_there_already" {
  variables {
    role      = { name = "mine", arn = "arn:aws:iam::111122223333:role/mine" }
    tick_role = { name = "ticks", arn = "arn:aws:iam::111122223333:role/ticks", attach = false }
  }
  assert {
    condition     = length(aws_iam_role.waker) + length(aws_iam_role.tick) + length(aws_iam_role_policy.tick) == 0 && aws_lambda_function.waker.role == "arn:aws:iam::111122223333:role/mine" && one(aws_scheduler_schedule.tick.target).role_arn == "arn:aws:iam::111122223333:role/ticks"
    error_message = "No role is made."
  }
  assert {
    condition     = aws_iam_role_policy.waker[0].role == "mine" && output.role_arn == "arn:aws:iam::111122223333:role/mine"
    error_message = "The policy is attached unless that is not wanted."
  }
}

run "a_group_of_your_own_in_the_vpc" {
  variables {
    vpc = { id = "vpc-1", subnet_ids = ["subnet-1"], create_security_group = false, security_group_ids = ["sg-1"] }
  }
  assert {
    condition     = length(aws_security_group.waker) + length(aws_vpc_security_group_egress_rule.waker) == 0 && one(aws_lambda_function.waker.vpc_config).security_group_ids == toset(["sg-1"]) && output.security_group_id == null
    error_message = "No group is made."
  }
}

run "a_vpc_with_endpoints" {
  variables {
    vpc = { id = "vpc-1", subnet_ids = ["subnet-1"], https_cidrs = ["10.0.0.0/16"], database_cidrs = ["10.1.0.0/24", "10.1.1.0/24"] }
    environments = {
      staging = merge(var.environments.staging, {
        database = { kind = "instance", arn = "arn:aws:rds:eu-west-1:111122223333:db:staging", connect = { host = "staging.abc.eu-west-1.rds.amazonaws.com" } }
      })
    }
  }
  assert {
    condition     = sort([for rule in aws_vpc_security_group_egress_rule.waker : "${rule.from_port} ${rule.cidr_ipv4}"]) == tolist(["443 10.0.0.0/16", "5432 10.1.0.0/24", "5432 10.1.1.0/24"])
    error_message = "It connects to the endpoints and the databases only."
  }
}
