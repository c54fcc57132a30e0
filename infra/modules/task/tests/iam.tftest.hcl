mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name  = "app"
  image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app:1"
}

run "the_execution_role_pulls_and_logs" {
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Sid => statement.Resource } == {
      Login = ["*"]
      Pull  = ["arn:aws:ecr:eu-west-1:111122223333:repository/team/app"]
      Log   = ["arn:aws:logs:eu-west-1:111122223333:log-group:made:*"]
    }
    error_message = "One repository, one log group."
  }
  assert {
    condition     = alltrue([for role in [aws_iam_role.execution[0], aws_iam_role.task[0]] : jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"])
    error_message = "Only tasks of this account become the roles."
  }
}

run "a_public_image_needs_no_login" {
  variables {
    image = "nginx:1.29"
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Sid] == ["Log"]
    error_message = "Nothing of ECR."
  }
}

run "secrets_that_ecs_injects" {
  variables {
    secrets = {
      KEY   = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf:key::"
      OTHER = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf:other::"
      LEVEL = "arn:aws:ssm:eu-west-1:111122223333:parameter/app/level"
    }
    secret_key_arns = ["arn:aws:kms:eu-west-1:111122223333:key/one"]
    database        = { host = "db", name = "app", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf" }
  }
  assert {
    condition     = toset(one([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Resource if statement.Sid == "Secrets"])) == toset(["arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf"])
    error_message = "The secrets themselves, without their keys, once each."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Resource if statement.Sid == "Parameters"]) == ["arn:aws:ssm:eu-west-1:111122223333:parameter/app/level"]
    error_message = "The parameter."
  }
  assert {
    condition     = keys(one([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Condition.StringEquals if statement.Sid == "Keys"])) == ["kms:EncryptionContext:SecretARN", "kms:ViaService"]
    error_message = "The key decrypts these secrets by way of Secrets Manager."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Condition.StringEquals["kms:ViaService"] if statement.Sid == "Keys"]) == "secretsmanager.eu-west-1.amazonaws.com"
    error_message = "By way of this region's."
  }
  assert {
    condition     = { for secret in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets : secret.name => secret.valueFrom if startswith(secret.name, "DB_") } == { DB_USER = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf:username::", DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-AbCdEf:password::" }
    error_message = "Without the entrypoint ECS injects the login."
  }
  assert {
    condition     = length(aws_iam_role_policy.task) == 0
    error_message = "The task itself may read none of them."
  }
}

run "secrets_that_the_entrypoint_reads" {
  variables {
    command         = ["server"]
    entrypoint      = { from = "image" }
    secret_key_arns = ["arn:aws:kms:eu-west-1:111122223333:key/one"]
    environment     = { KEY = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf:key::" }
    database        = { host = "db", name = "app", secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf" }
  }
  assert {
    condition     = toset(one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Resource if statement.Sid == "Secrets"])) == toset(["arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"])
    error_message = "Both secrets, and no other."
  }
  assert {
    condition     = toset(one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Condition.StringEquals["kms:EncryptionContext:SecretARN"] if statement.Sid == "Keys"])) == toset(["arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"])
    error_message = "Their key, for them."
  }
  assert {
    condition     = length([for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement if statement.Sid == "Secrets"]) == 0
    error_message = "ECS reads none."
  }
}

run "buckets_and_file_systems" {
  variables {
    buckets = {
      data = { arn = "arn:aws:s3:::data", prefix = "lakefs/", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/two" }
      docs = { arn = "arn:aws:s3:::docs", access = "read" }
    }
    file_systems = {
      work = {
        file_system_id   = "fs-1"
        file_system_arn  = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"
        access_point_id  = "fsap-1"
        access_point_arn = "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-1"
        path             = "/work"
        read_only        = true
      }
    }
    policies = { queue = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Sid => statement.Resource } == {
      ListData  = ["arn:aws:s3:::data"]
      LookData  = ["arn:aws:s3:::data"]
      UseData   = ["arn:aws:s3:::data/lakefs/*"]
      KeyData   = ["arn:aws:kms:eu-west-1:111122223333:key/two"]
      ListDocs  = ["arn:aws:s3:::docs"]
      LookDocs  = ["arn:aws:s3:::docs"]
      UseDocs   = ["arn:aws:s3:::docs/*"]
      MountWork = ["arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"]
    }
    error_message = "Each bucket below its prefix, each file system by its access point."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Action if statement.Sid == "UseDocs"]) == ["s3:GetObject"] && one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Action if statement.Sid == "MountWork"]) == ["elasticfilesystem:ClientMount"]
    error_message = "Reading is reading."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Condition.StringLike["s3:prefix"] if statement.Sid == "ListData"]) == ["lakefs/*"]
    error_message = "Listing is held to the prefix."
  }
  assert {
    condition     = keys(aws_iam_role_policy.more) == ["queue"]
    error_message = "More policies as given."
  }
}

run "roles_that_are_there_already" {
  variables {
    task_role      = { name = "mine", arn = "arn:aws:iam::111122223333:role/mine" }
    execution_role = { name = "start", arn = "arn:aws:iam::111122223333:role/start", attach = false }
  }
  assert {
    condition     = length(aws_iam_role.task) + length(aws_iam_role.execution) + length(aws_iam_role_policy.execution) == 0 && aws_ecs_task_definition.this.task_role_arn == "arn:aws:iam::111122223333:role/mine"
    error_message = "Nothing is made, and nothing attached where that is not wanted."
  }
}

run "roles_by_the_accounts_rules" {
  variables {
    role_path            = "/apps/"
    permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  }
  assert {
    condition     = alltrue([for role in [aws_iam_role.task[0], aws_iam_role.execution[0]] : role.path == "/apps/" && role.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"])
    error_message = "Path and boundary of both roles."
  }
  assert {
    condition     = [aws_iam_role.task[0].name, aws_iam_role.execution[0].name] == ["app-task-eu-west-1", "app-execution-eu-west-1"]
    error_message = "IAM's names are of the account: another region's task may have the same name."
  }
}

run "a_long_name" {
  variables {
    name = "n8n-automation-staging-of-the-team-that-has-such-a-long-name"
  }
  assert {
    condition     = length(aws_iam_role.execution[0].name) == 64 && aws_iam_role.execution[0].name != aws_iam_role.task[0].name
    error_message = "As much of the name as fits, and a hash of the whole."
  }
}

# A secret's ARN ends in six characters of AWS's own.
run "secrets_by_name" {
  variables {
    command         = ["server"]
    entrypoint      = { from = "image" }
    secret_key_arns = ["arn:aws:kms:eu-west-1:111122223333:key/one"]
    environment = {
      KEY    = "secretsmanager:team/app#key"
      OTHER  = "secretsmanager:team/app#other"
      WHOLE  = "secretsmanager:app-backup"
      BY_ARN = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf#key"
    }
  }
  assert {
    condition = toset(one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Resource if statement.Sid == "Secrets"])) == toset([
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/app-??????",
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-backup-??????",
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf",
    ])
    error_message = "Six characters, so that team/app does not let in team/app-production."
  }
  assert {
    condition = toset(one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Condition.StringLike["kms:EncryptionContext:SecretARN"] if statement.Sid == "KeysByName"])) == toset([
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/app-??????",
      "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-backup-??????",
    ])
    error_message = "A pattern must be compared as one."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Condition.StringEquals["kms:EncryptionContext:SecretARN"] if statement.Sid == "Keys"]) == ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf"]
    error_message = "A whole ARN is compared as it is."
  }
}
