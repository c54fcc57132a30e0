mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "test-data"
}

run "name" {
  command = plan
  variables {
    name = "Data"
  }
  expect_failures = [var.name]
}

run "cors_method" {
  command = plan
  variables {
    cors = [{ origins = ["*"], methods = ["PATCH"] }]
  }
  expect_failures = [var.cors]
}

run "cors_origin" {
  command = plan
  variables {
    cors = [{ origins = ["app.example.com"] }]
  }
  expect_failures = [var.cors]
}

run "lifecycle_days" {
  command = plan
  variables {
    lifecycle_days = { uploads = 0 }
  }
  expect_failures = [var.lifecycle_days]
}

run "event" {
  command = plan
  variables {
    notifications = { events = { queue_arn = "arn:aws:sqs:eu-west-1:111122223333:events", events = ["created"] } }
  }
  expect_failures = [var.notifications]
}

run "logs_with_a_key" {
  command = plan
  variables {
    load_balancer_logs = true
    kms_key_arn        = "arn:aws:kms:eu-west-1:111122223333:key/one"
  }
  expect_failures = [aws_s3_bucket_server_side_encryption_configuration.this]
}
