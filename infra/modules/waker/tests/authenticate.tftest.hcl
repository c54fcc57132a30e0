mock_provider "aws" {
  source = "../../mocks"
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

run "oidc_stands_in_front_of_the_status_and_of_the_route" {
  variables {
    authenticate = {
      staging = {
        oidc = {
          issuer                 = "https://id.example.com"
          authorization_endpoint = "https://id.example.com/authorize"
          token_endpoint         = "https://id.example.com/token"
          user_info_endpoint     = "https://id.example.com/userinfo"
          client_id              = "reveille"
          client_secret          = "secret"
        }
      }
    }
  }
  assert {
    condition = alltrue([for rule in [aws_lb_listener_rule.status["staging"], aws_lb_listener_rule.route["staging"]] :
    [for action in rule.action : [action.type, action.order]] == [["authenticate-oidc", 1], ["forward", 2]]])
    error_message = "The login comes first."
  }
  assert {
    condition     = one(aws_lb_listener_rule.status["staging"].action[0].authenticate_oidc).client_id == "reveille"
    error_message = "It is the given action."
  }
  assert {
    condition     = length(aws_lb_listener_rule.anchor["staging"].action) == 1
    error_message = "No visitor comes to the anchor."
  }
}

run "cognito_brings_its_permission" {
  variables {
    authenticate = {
      staging = {
        cognito = {
          user_pool_arn       = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"
          user_pool_client_id = "client"
          user_pool_domain    = "login"
        }
      }
    }
  }
  assert {
    condition     = [for action in aws_lb_listener_rule.status["staging"].action : action.type] == ["authenticate-cognito", "forward"]
    error_message = "The login comes first."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policy_json).Statement : statement.Resource if statement.Sid == "Cognito"]) == ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"]
    error_message = "Writing the rule needs permission to read the user pool."
  }
}

run "neither_of_the_two" {
  command = plan
  variables {
    authenticate = { staging = {} }
  }
  expect_failures = [var.authenticate]
}

run "an_unknown_environment" {
  command = plan
  variables {
    authenticate = {
      production = {
        cognito = {
          user_pool_arn       = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"
          user_pool_client_id = "client"
          user_pool_domain    = "login"
        }
      }
    }
  }
  expect_failures = [aws_lambda_function.waker]
}
