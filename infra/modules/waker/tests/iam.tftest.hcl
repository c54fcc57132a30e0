# What the function may do, statement by statement: nothing that is not needed, and only on what is.
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
    condition     = one([for statement in jsondecode(output.policy_json).Statement : statement if statement.Sid == "NoteOnRoutes"]).Condition["ForAllValues:StringEquals"]["aws:TagKeys"] == ["reveille:note", "reveille:scaling", "reveille:wakes-0", "reveille:wakes-1"]
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
    error_message = "Who writes a rule with authenticate-cognito must be allowed to look at its user pool."
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
