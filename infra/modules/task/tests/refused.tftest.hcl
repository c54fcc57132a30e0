mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name  = "app"
  image = "nginx:1.29"
}

run "name" {
  command = plan
  variables {
    name = "App"
  }
  expect_failures = [var.name]
}

run "image" {
  command = plan
  variables {
    image = "two words"
  }
  expect_failures = [var.image]
}

run "cpu_architecture" {
  command = plan
  variables {
    cpu_architecture = "ARM"
  }
  expect_failures = [var.cpu_architecture]
}

run "cpu_256_with_4096" {
  command = plan
  variables {
    size = { cpu = 256, memory = 4096 }
  }
  expect_failures = [var.size]
}

run "cpu_512_with_8192" {
  command = plan
  variables {
    size = { cpu = 512, memory = 8192 }
  }
  expect_failures = [var.size]
}

run "cpu_1024_with_1024" {
  command = plan
  variables {
    size = { cpu = 1024, memory = 1024 }
  }
  expect_failures = [var.size]
}

run "cpu_2048_with_5000" {
  command = plan
  variables {
    size = { cpu = 2048, memory = 5000 }
  }
  expect_failures = [var.size]
}

run "cpu_4096_with_32768" {
  command = plan
  variables {
    size = { cpu = 4096, memory = 32768 }
  }
  expect_failures = [var.size]
}

run "cpu_8192_with_8192" {
  command = plan
  variables {
    size = { cpu = 8192, memory = 8192 }
  }
  expect_failures = [var.size]
}

run "cpu_16384_with_40000" {
  command = plan
  variables {
    size = { cpu = 16384, memory = 40000 }
  }
  expect_failures = [var.size]
}

run "cpu_300_with_512" {
  command = plan
  variables {
    size = { cpu = 300, memory = 512 }
  }
  expect_failures = [var.size]
}

run "storage" {
  command = plan
  variables {
    size = { storage = 20 }
  }
  expect_failures = [var.size]
}

run "port" {
  command = plan
  variables {
    ports = { http = 0 }
  }
  expect_failures = [var.ports]
}

run "secret" {
  command = plan
  variables {
    secrets = { KEY = "app" }
  }
  expect_failures = [var.secrets]
}

run "health_check_form" {
  command = plan
  variables {
    health_check = { command = ["curl"] }
  }
  expect_failures = [var.health_check]
}

run "health_check_time" {
  command = plan
  variables {
    health_check = { command = ["CMD", "true"], interval = 1 }
  }
  expect_failures = [var.health_check]
}

run "scratch" {
  command = plan
  variables {
    scratch = ["tmp"]
  }
  expect_failures = [var.scratch]
}

run "mount_path" {
  command = plan
  variables {
    file_systems = { a = { file_system_id = "a", file_system_arn = "b", access_point_id = "c", access_point_arn = "d", path = "data" } }
  }
  expect_failures = [var.file_systems]
}

run "mount_name" {
  command = plan
  variables {
    file_systems = { reveille = { file_system_id = "a", file_system_arn = "b", access_point_id = "c", access_point_arn = "d", path = "/data" } }
  }
  expect_failures = [var.file_systems]
}

run "files_path" {
  command = plan
  variables {
    files = { path = "etc", content = { a = "b" } }
  }
  expect_failures = [var.files]
}

run "files_name" {
  command = plan
  variables {
    files = { path = "/etc/app", content = { "../a" = "b" } }
  }
  expect_failures = [var.files]
}

run "stop_timeout" {
  command = plan
  variables {
    stop_timeout = 121
  }
  expect_failures = [var.stop_timeout]
}

run "log_retention" {
  command = plan
  variables {
    log_retention_days = 2
  }
  expect_failures = [var.log_retention_days]
}

run "entrypoint_from" {
  command = plan
  variables {
    entrypoint = { from = "nowhere" }
  }
  expect_failures = [var.entrypoint]
}

run "init_without_image" {
  command = plan
  variables {
    entrypoint = { from = "init" }
  }
  expect_failures = [var.entrypoint]
}

run "form" {
  command = plan
  variables {
    entrypoint = { from = "image", export = { A = "odbc" } }
  }
  expect_failures = [var.entrypoint]
}

run "export_without_entrypoint" {
  command = plan
  variables {
    entrypoint = { export = { A = "url" } }
  }
  expect_failures = [var.entrypoint]
}

run "timeout" {
  command = plan
  variables {
    entrypoint = { from = "image", timeout_seconds = 0 }
  }
  expect_failures = [var.entrypoint]
}

run "wait" {
  command = plan
  variables {
    entrypoint = { from = "image", wait = ["redis"] }
  }
  expect_failures = [var.entrypoint]
}

run "sslmode" {
  command = plan
  variables {
    database = { host = "a", name = "b", secret_arn = "c", sslmode = "allow" }
  }
  expect_failures = [var.database]
}

run "access" {
  command = plan
  variables {
    buckets = { a = { arn = "arn:aws:s3:::a", access = "all" } }
  }
  expect_failures = [var.buckets]
}

run "prefix" {
  command = plan
  variables {
    buckets = { a = { arn = "arn:aws:s3:::a", prefix = "/*" } }
  }
  expect_failures = [var.buckets]
}

run "no_command" {
  command = plan
  variables {
    entrypoint = { from = "image" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "exec_read_only" {
  command = plan
  variables {
    enable_execute_command = true
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "database_without_a_name" {
  command = plan
  variables {
    database = { host = "db", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf" }
  }
  expect_failures = [var.database]
}

run "database_with_two_hosts" {
  command = plan
  variables {
    database = { host = "db", name = "app", from_secret = true, secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf" }
  }
  expect_failures = [var.database]
}

run "database_from_a_secret_without_the_entrypoint" {
  command = plan
  variables {
    database = { from_secret = true, secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "secret_without_the_entrypoint" {
  command = plan
  variables {
    environment = { KEY = "secretsmanager:app#key" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "role_path" {
  command = plan
  variables {
    role_path = "/apps"
  }
  expect_failures = [var.role_path]
}

run "permissions_boundary" {
  command = plan
  variables {
    permissions_boundary = "arn:aws:iam::111122223333:role/boundary"
  }
  expect_failures = [var.permissions_boundary]
}

run "image_of_another_processor" {
  command = plan
  variables {
    image = "example.com/app:1.2-amd64"
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "repository_of_another_processor" {
  command = plan
  variables {
    image            = "docker.io/arm64v8/nginx:1.29"
    cpu_architecture = "X86_64"
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "entrypoint_of_another_processor" {
  command = plan
  variables {
    command          = ["/app"]
    cpu_architecture = "X86_64"
    entrypoint       = { from = "init", image = "example.com/reveille-entrypoint:1-ARM64" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "files_by_an_image_of_another_processor" {
  command = plan
  variables {
    files = { path = "/etc/app", content = { a = "a" }, image = "amd64/busybox:1.37" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "database_user_key" {
  command = plan
  variables {
    command       = ["server"]
    entrypoint    = { from = "image" }
    database      = { host = "a", name = "b", secret_arn = "c" }
    database_user = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf:password::" }
  }
  expect_failures = [var.database_user]
}

run "database_user_of_the_master" {
  command = plan
  variables {
    command       = ["server"]
    entrypoint    = { from = "image" }
    database      = { host = "a", name = "b", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf" }
    database_user = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "database_user_without_database" {
  command = plan
  variables {
    command       = ["server"]
    entrypoint    = { from = "image" }
    database_user = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "database_user_without_entrypoint" {
  command = plan
  variables {
    database      = { host = "a", name = "b", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf" }
    database_user = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "database_user_from_secret" {
  command = plan
  variables {
    command       = ["server"]
    entrypoint    = { from = "image" }
    database      = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", from_secret = true }
    database_user = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf" }
  }
  expect_failures = [aws_ecs_task_definition.this]
}

run "sidecar_of_another_processor" {
  command = plan
  variables {
    sidecars = { proxy = { image = "example.com/proxy:1-x86_64" } }
  }
  expect_failures = [aws_ecs_task_definition.this]
}
