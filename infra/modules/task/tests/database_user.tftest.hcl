mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "app"
  image   = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app:1"
  command = ["server"]
  entrypoint = {
    from            = "init"
    image           = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/reveille-entrypoint:1"
    export          = { DATABASE_URL = "url" }
    wait            = ["database", "tcp://redis:6379"]
    timeout_seconds = 900
    variables       = { ENTRYPOINT_SCRUB = "1", ENTRYPOINT_LOG = "json", DB_SSLROOTCERT = "/etc/ca.pem" }
  }
  database        = { host = "db", name = "app", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf", sslmode = "verify-full" }
  database_user   = { secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-user-AbCdEf" }
  secret_key_arns = ["arn:aws:kms:eu-west-1:111122223333:key/one"]
}

run "an_init_container_makes_the_user" {
  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : [container.name, container.essential]] == [["app", true], ["entrypoint", false], ["database-user", false]]
    error_message = "One container more, which ends before the app begins."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].dependsOn == [{ containerName = "entrypoint", condition = "SUCCESS" }, { containerName = "database-user", condition = "SUCCESS" }]
    error_message = "Without the user the app does not start."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[2].command == ["create-user"] && try(jsondecode(aws_ecs_task_definition.this.container_definitions)[2].entryPoint, null) == null && jsondecode(aws_ecs_task_definition.this.container_definitions)[2].image == var.entrypoint.image && jsondecode(aws_ecs_task_definition.this.container_definitions)[2].readonlyRootFilesystem
    error_message = "The entrypoint's image, as it is."
  }
  assert {
    condition = { for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[2].environment : variable.name => variable.value } == {
      DB_HOST            = "db"
      DB_PORT            = "5432"
      DB_NAME            = "app"
      DB_SSLMODE         = "verify-full"
      DB_APP_USER        = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-user-AbCdEf:username::"
      DB_APP_PASSWORD    = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-user-AbCdEf:password::"
      ENTRYPOINT_TIMEOUT = "900"
      ENTRYPOINT_LOG     = "json"
    }
    error_message = "It waits as long as the app, and exports nothing; a file of the app's image is not in this one."
  }
}

run "the_masters_login_is_the_init_containers" {
  assert {
    condition = { for secret in jsondecode(aws_ecs_task_definition.this.container_definitions)[2].secrets : secret.name => secret.valueFrom } == {
      DB_USER     = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf:username::"
      DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf:password::"
    }
    error_message = "ECS gives it the master's login."
  }
  assert {
    condition     = !strcontains(jsonencode(jsondecode(aws_ecs_task_definition.this.container_definitions)[0]), "rds!cluster-1") && !strcontains(jsonencode(jsondecode(aws_ecs_task_definition.this.container_definitions)[1]), "rds!cluster-1")
    error_message = "No other container has it."
  }
  assert {
    condition     = { for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : variable.name => variable.value if startswith(variable.name, "DB_S") } == { DB_SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-user-AbCdEf", DB_SSLMODE = "verify-full", DB_SSLROOTCERT = "/etc/ca.pem" }
    error_message = "The app logs in as its own user."
  }
}

run "each_role_reads_one_secret" {
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Resource if statement.Sid == "Secrets"]) == ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf"]
    error_message = "ECS reads the master's."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Condition.StringEquals["kms:EncryptionContext:SecretARN"] if statement.Sid == "Keys"]) == ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf"]
    error_message = "The key, for the master's."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Resource if statement.Sid == "Secrets"]) == ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-user-AbCdEf"]
    error_message = "The containers read the app's."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Condition.StringEquals["kms:EncryptionContext:SecretARN"] if statement.Sid == "Keys"]) == ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-user-AbCdEf"]
    error_message = "The key, for the app's."
  }
}

run "with_the_entrypoint_in_the_image" {
  variables {
    user       = "1000:1000"
    entrypoint = { from = "image", path = "/bin/entrypoint", variables = { DB_SSLROOTCERT = "/etc/ca.pem" } }
  }
  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["app", "database-user"] && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].dependsOn == [{ containerName = "database-user", condition = "SUCCESS" }]
    error_message = "The one init container."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].image == var.image && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].entryPoint == ["/bin/entrypoint"] && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].user == "1000:1000"
    error_message = "The app's image, which has the entrypoint."
  }
  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[1].environment, { name = "DB_SSLROOTCERT", value = "/etc/ca.pem" })
    error_message = "Its files are there too."
  }
}

run "without_it_the_master_is_the_app" {
  variables {
    database_user = null
  }
  assert {
    condition     = length(jsondecode(aws_ecs_task_definition.this.container_definitions)) == 2 && contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "DB_SECRET", value = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf" })
    error_message = "No container, and the secret of database."
  }
  assert {
    condition     = length([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement if statement.Sid == "Secrets"]) == 0
    error_message = "ECS reads none."
  }
}
