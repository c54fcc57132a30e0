mock_provider "aws" {
  source = "../../mocks"
}

override_resource {
  target = aws_lb_target_group.green
  values = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/green/1"
  }
}

variables {
  name           = "api"
  cluster_arn    = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"
  service_name   = "api"
  role_arns      = ["arn:aws:iam::111122223333:role/api-task", "arn:aws:iam::111122223333:role/api-execution"]
  listener_arn   = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
  spare_priority = 110
  blue           = { arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/blue/1", name = "blue" }
  green          = { vpc_id = "vpc-1", port = 8000 }
}

run "blue_is_live" {
  assert {
    condition     = output.live_target_group_arn == var.blue.arn && one(aws_lb_listener_rule.spare.action).target_group_arn == output.green_target_group_arn
    error_message = "The waker's rules have blue, the spare rule green."
  }
  assert {
    condition     = one(aws_codedeploy_deployment_group.this.ecs_service).service_name == "api" && one(aws_codedeploy_deployment_group.this.auto_rollback_configuration).events == toset(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"])
    error_message = "A deployment that fails goes back."
  }
  assert {
    condition = { for statement in jsondecode(output.policy_json).Statement : statement.Sid => statement.Resource } == {
      Service  = ["arn:aws:ecs:eu-west-1:111122223333:service/prod/api", "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/api/*"]
      Look     = ["*"]
      Shift    = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/*"]
      HandOver = ["arn:aws:iam::111122223333:role/api-task", "arn:aws:iam::111122223333:role/api-execution"]
    }
    error_message = "This service, this listener, these roles."
  }
  assert {
    condition     = one(aws_lb_target_group.green.health_check).interval == 5 && one(aws_lb_target_group.green.health_check).timeout == 3 && one(aws_lb_target_group.green.health_check).unhealthy_threshold == 6
    error_message = "Green is looked at as often as blue."
  }
}

run "green_is_live" {
  variables {
    live              = "green"
    alarm_names       = ["api-errors"]
    test_listener_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/3"
  }
  assert {
    condition     = output.live_target_group_arn == output.green_target_group_arn && one(aws_lb_listener_rule.spare.action).target_group_arn == var.blue.arn
    error_message = "The other way round."
  }
  assert {
    condition     = one(aws_codedeploy_deployment_group.this.alarm_configuration).enabled && contains(one(aws_codedeploy_deployment_group.this.auto_rollback_configuration).events, "DEPLOYMENT_STOP_ON_ALARM")
    error_message = "Alarms send a deployment back."
  }
}

run "appspecs_in_s3_and_a_role_by_the_accounts_rules" {
  variables {
    appspec_arns         = ["arn:aws:s3:::releases/appspec/*"]
    role_path            = "/apps/"
    permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  }
  assert {
    condition     = one([for statement in jsondecode(output.policy_json).Statement : [statement.Action, statement.Resource] if statement.Sid == "ReadAppSpecs"]) == [["s3:GetObject", "s3:GetObjectVersion"], ["arn:aws:s3:::releases/appspec/*"]]
    error_message = "CodeDeploy may read these alone."
  }
  assert {
    condition     = aws_iam_role.this.path == "/apps/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary" && aws_iam_role.this.name == "api-deploy-eu-west-1"
    error_message = "Path, boundary, and a name of its region."
  }
}

run "another_port_is_another_target_group" {
  variables {
    green = { vpc_id = "vpc-1", port = 8001 }
  }
  assert {
    condition     = can(regex("^api-green-[0-9a-f]{7}$", aws_lb_target_group.green.name)) && aws_lb_target_group.green.name != run.appspecs_in_s3_and_a_role_by_the_accounts_rules.green_target_group_name
    error_message = "The new one is made while the old one is in use, so it needs another name."
  }
}
