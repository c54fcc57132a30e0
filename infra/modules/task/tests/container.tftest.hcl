mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name  = "app"
  image = "nginx:1.29"
}

run "an_image_as_it_is" {
  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)) == 1 && try(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].entryPoint, null) == null && try(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command, null) == null
    error_message = "Neither entry point nor command: the image's own."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].readonlyRootFilesystem && aws_ecs_task_definition.this.cpu == "256" && aws_ecs_task_definition.this.memory == "512"
    error_message = "Read-only, and as small as can be."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].logConfiguration.options == { awslogs-group = "/ecs/app", awslogs-region = "eu-west-1", awslogs-stream-prefix = "task" }
    error_message = "It logs to its own group."
  }
  assert {
    condition     = length(aws_iam_role_policy.task) == 0
    error_message = "A task that needs nothing may do nothing."
  }
  assert {
    condition     = length(aws_ecs_task_definition.this.volume) == 0 && length(aws_ecs_task_definition.this.ephemeral_storage) == 0
    error_message = "No volume unless asked for."
  }
}

run "behind_an_init_container" {
  variables {
    command = ["/app/server", "run"]
    ports   = { http = 8000 }
    scratch = ["/tmp", "/var/cache/app"]
    entrypoint = {
      from            = "init"
      image           = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/reveille-entrypoint:1"
      export          = { DATABASE_URL = "url", DB_INFO = "conninfo" }
      wait            = ["database", "tcp://redis:6379"]
      timeout_seconds = 120
      variables       = { ENTRYPOINT_SCRUB = "1" }
    }
    database    = { host = "db", name = "app", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", sslmode = "verify-full" }
    environment = { LEVEL = "info" }
  }
  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : [container.name, container.essential]] == [["app", true], ["entrypoint", false]]
    error_message = "The container that ends first must not be essential."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].entryPoint == ["/reveille/entrypoint", "--"] && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command == ["/app/server", "run"]
    error_message = "The entrypoint runs the command."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].dependsOn == [{ containerName = "entrypoint", condition = "SUCCESS" }] && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].command == ["install", "/reveille"]
    error_message = "The main container waits until the binary is there."
  }
  assert {
    condition     = [for mount in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints : [mount.sourceVolume, mount.containerPath, mount.readOnly]] == [["reveille", "/reveille", true], ["scratch-tmp", "/tmp", false], ["scratch-var-cache-app", "/var/cache/app", false]]
    error_message = "The binary is read-only; the scratch folders are not."
  }
  assert {
    condition     = toset(aws_ecs_task_definition.this.volume[*].name) == toset(["reveille", "scratch-tmp", "scratch-var-cache-app"])
    error_message = "A volume for each."
  }
  assert {
    condition = { for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : variable.name => variable.value } == {
      DB_HOST            = "db"
      DB_PORT            = "5432"
      DB_NAME            = "app"
      DB_SSLMODE         = "verify-full"
      DB_SECRET          = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"
      ENTRYPOINT_EXPORT  = "DATABASE_URL=url DB_INFO=conninfo"
      ENTRYPOINT_WAIT    = "database tcp://redis:6379"
      ENTRYPOINT_TIMEOUT = "120"
      ENTRYPOINT_SCRUB   = "1"
      LEVEL              = "info"
    }
    error_message = "The entrypoint's variables, and the app's own."
  }
  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets) == 0
    error_message = "The entrypoint reads the secret itself."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].portMappings == [{ name = "http", containerPort = 8000, hostPort = 8000, protocol = "tcp" }]
    error_message = "Its port."
  }
}

run "with_the_entrypoint_in_the_image" {
  variables {
    command    = ["server"]
    entrypoint = { from = "image", path = "/bin/entrypoint" }
  }
  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)) == 1 && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].entryPoint == ["/bin/entrypoint", "--"]
    error_message = "No init container, and the path as it is in the image."
  }
}

run "with_files" {
  variables {
    files = { path = "/etc/app", content = { "a.yaml" = "a: 1", "b.yaml" = "b: 'x'" } }
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].command == ["sh", "-c", "printf %s \"$FILE_0\" > /files/a.yaml && printf %s \"$FILE_1\" > /files/b.yaml"] && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].environment[1] == { name = "FILE_1", value = "b: 'x'" }
    error_message = "An init container writes them."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].dependsOn == [{ containerName = "files", condition = "SUCCESS" }] && one(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].mountPoints).containerPath == "/etc/app"
    error_message = "The main container sees them when it begins."
  }
}

run "everything_else" {
  variables {
    cpu_architecture         = "X86_64"
    size                     = { cpu = 2048, memory = 8192, storage = 100 }
    user                     = "1000:1000"
    enable_execute_command   = true
    readonly_root_filesystem = false
    stop_timeout             = 120
    log_group_name           = "/ecs/other"
    health_check             = { command = ["CMD-SHELL", "curl -f localhost || exit 1"] }
    file_systems = {
      data = {
        file_system_id   = "fs-0123456789abcdef0"
        file_system_arn  = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0"
        access_point_id  = "fsap-0123456789abcdef0"
        access_point_arn = "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0123456789abcdef0"
        path             = "/data"
      }
    }
  }
  assert {
    condition     = one(aws_ecs_task_definition.this.runtime_platform).cpu_architecture == "X86_64" && one(aws_ecs_task_definition.this.ephemeral_storage).size_in_gib == 100
    error_message = "Architecture and storage."
  }
  assert {
    condition     = one(one(aws_ecs_task_definition.this.volume).efs_volume_configuration).transit_encryption == "ENABLED" && one(one(one(aws_ecs_task_definition.this.volume).efs_volume_configuration).authorization_config).iam == "ENABLED"
    error_message = "EFS encrypted on the way, and by the task role."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].healthCheck == { command = ["CMD-SHELL", "curl -f localhost || exit 1"], interval = 5, timeout = 3, retries = 6, startPeriod = 60 }
    error_message = "The container's own health check."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters.initProcessEnabled && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].stopTimeout == 120 && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].user == "1000:1000"
    error_message = "ECS Exec leaves orphans, which an init process takes."
  }
  assert {
    condition     = output.log_group_name == "/ecs/other"
    error_message = "The log group's name."
  }
}

run "the_whole_connection_from_a_secret" {
  variables {
    command    = ["server"]
    entrypoint = { from = "image", export = { DATABASE_URL = "url" } }
    database   = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", from_secret = true }
  }
  assert {
    condition = { for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : variable.name => variable.value } == {
      DB_SECRET         = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"
      DB_SSLMODE        = "require"
      ENTRYPOINT_EXPORT = "DATABASE_URL=url"
    }
    error_message = "A variable would go over what the secret has."
  }
}
