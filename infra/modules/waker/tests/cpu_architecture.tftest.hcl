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
      services             = [{ cluster_arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging", name = "web", target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1" }]
    }
  }
}

run "as_the_build_command_unless_set" {
  assert {
    condition     = one(aws_lambda_function.waker.architectures) == "arm64"
    error_message = "infra/release/build makes the zip for ARM64 unless told otherwise."
  }
}

run "a_zip_of_the_same_processor" {
  variables {
    cpu_architecture = "X86_64"
    package          = { file = "tests/packages/waker-X86_64.zip" }
  }
  assert {
    condition     = one(aws_lambda_function.waker.architectures) == "x86_64"
    error_message = "Lambda has its own spelling."
  }
}

run "an_object_of_the_same_processor" {
  variables {
    package = { s3_bucket = "x86-64-releases", s3_key = "reveille/1.0/aarch64/bootstrap.zip" }
  }
  assert {
    condition     = aws_lambda_function.waker.s3_key == "reveille/1.0/aarch64/bootstrap.zip"
    error_message = "The bucket's name says nothing of the zip."
  }
}
