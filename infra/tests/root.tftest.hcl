# The root module is the module waker, which has its own tests; infra/check compares variables and outputs.
mock_provider "aws" {
  source = "./mocks"
}

run "it_makes_the_waker_of_its_variables" {
  variables {
    name        = "waker"
    package     = { s3_bucket = "releases", s3_key = "waker.zip" }
    memory_size = 512
    environments = {
      staging = {
        listener_arn         = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
        priority             = 100
        app_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1"
        services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
      }
    }
  }
  assert {
    condition     = output.function_name == "waker" && keys(output.route_rule_arns) == ["staging"]
    error_message = "The function and the rules of its environments are outputs."
  }
  assert {
    condition     = output.log_group_name == "/aws/lambda/waker"
    error_message = "The log group has the function's name."
  }
}
