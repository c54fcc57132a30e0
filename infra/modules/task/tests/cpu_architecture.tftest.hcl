mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name  = "app"
  image = "nginx:1.29"
}

run "as_the_build_command_unless_set" {
  assert {
    condition     = one(aws_ecs_task_definition.this.runtime_platform).cpu_architecture == "ARM64"
    error_message = "infra/release/build makes the entrypoint for ARM64 unless told otherwise."
  }
}

run "names_that_say_the_same_or_nothing" {
  variables {
    # The registry's host and the digest say nothing of the image's processor.
    image      = "amd64.example.com:5000/team/app:1.2@sha256:00000000000000000000000000000000000000000000000000000000x86-64aa"
    command    = ["/app"]
    entrypoint = { from = "init", image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/reveille-entrypoint:1-ARM64" }
    files      = { path = "/etc/app", content = { a = "a" }, image = "arm64v8/busybox:1.37" }
  }
  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)) == 3
    error_message = "All three images are accepted."
  }
}

run "an_image_for_both" {
  variables {
    image = "example.com/app:1-amd64-arm64"
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].image == "example.com/app:1-amd64-arm64"
    error_message = "It runs on either."
  }
}

run "a_word_that_only_contains_one" {
  variables {
    image = "example.com/farm64x:1"
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].image == "example.com/farm64x:1"
    error_message = "It names no processor."
  }
}
