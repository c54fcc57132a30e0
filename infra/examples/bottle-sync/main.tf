# A sync of large files that runs from time to time: between two runs only its files remain.
provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Project = var.project_name, Environment = var.environment }, var.tags)
  }
}

locals {
  name               = "${var.project_name}-${var.environment}"
  security_group_ids = concat(aws_security_group.tasks[*].id, var.security_group_ids)
}

module "network" {
  source    = "../../modules/network"
  name      = local.name
  vpc       = var.vpc
  endpoints = { gateway = ["s3"] }
  flow_logs = { enabled = true, retention_days = var.log_retention_days, kms_key_arn = var.log_kms_key_arn }

  role_path            = var.role_path
  permissions_boundary = var.permissions_boundary
}

module "cluster" {
  source = "../../modules/cluster"
  name   = local.name
}

module "storage" {
  source        = "../../modules/storage"
  name          = var.bucket_name
  force_destroy = var.throwaway
}

module "efs" {
  source           = "../../modules/efs"
  count            = var.efs == null ? 0 : 1
  name             = local.name
  performance_mode = var.efs.performance
  throughput_mode  = var.efs.throughput.mode
  backup           = var.efs.backup

  provisioned_throughput_in_mibps = var.efs.throughput.mode == "provisioned" ? coalesce(var.efs.throughput.mibps, 100) : var.efs.throughput.mibps

  network       = { vpc_id = module.network.vpc_id, subnet_ids = module.network.task_subnet_ids }
  clients       = { tasks = local.security_group_ids[0] }
  access_points = { work = { path = "/bottles" } }
}

# The runs' own security group: no inbound connections; outbound HTTPS and EFS.
resource "aws_security_group" "tasks" {
  # checkov:skip=CKV2_AWS_5:it is on the tasks that the schedules start
  count       = var.create_security_group ? 1 : 0
  name        = "${local.name}-runs"
  description = "Runs of ${local.name}"
  vpc_id      = module.network.vpc_id
  tags        = { Name = "${local.name}-runs" }
}

resource "aws_vpc_security_group_egress_rule" "https" {
  count             = var.create_security_group ? 1 : 0
  description       = "Downloads and AWS"
  security_group_id = aws_security_group.tasks[0].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "nfs" {
  count                        = var.efs == null || !var.create_security_group ? 0 : 1
  description                  = "EFS"
  security_group_id            = aws_security_group.tasks[0].id
  referenced_security_group_id = module.efs[0].security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

module "task" {
  source                   = "../../modules/task"
  name                     = local.name
  image                    = var.image
  cpu_architecture         = var.cpu_architecture
  command                  = var.command
  size                     = var.size
  ports                    = { health = var.container_port }
  scratch                  = var.read_only_root ? ["/tmp"] : []
  enable_execute_command   = var.enable_execute_command
  readonly_root_filesystem = var.read_only_root
  log_retention_days       = var.log_retention_days
  secrets                  = var.secrets
  # A download that is under way may finish its part.
  stop_timeout = 120

  log_group_name       = "/aws/ecs/${local.name}"
  log_kms_key_arn      = var.log_kms_key_arn
  task_role            = var.roles.task
  execution_role       = var.roles.execution
  role_path            = var.role_path
  permissions_boundary = var.permissions_boundary
  health_check         = var.health_check == null ? null : { command = var.health_check.command, start_period = var.health_check.start_period }

  environment = merge(
    {
      S3_BUCKET_NAME       = module.storage.name
      AWS_REGION           = var.region
      LOG_LEVEL            = var.log_level
      DOWNLOAD_CONCURRENCY = tostring(var.download_concurrency)
      TEMP_STORAGE_PATH    = coalesce(var.temp_storage_path, var.efs == null ? "/tmp/bottles" : "/mnt/efs/bottles")
    },
    var.efs == null ? {} : { EFS_MOUNT_PATH = "/mnt/efs" },
    # By its name, because the sync reads it from Secrets Manager itself: the ARN without the six characters
    # at its end.
    var.slack_webhook_secret_arn == null ? {} : { SLACK_WEBHOOK_SECRET_NAME = replace(element(split(":", coalesce(var.slack_webhook_secret_arn, ":::::::")), 6), "/-[A-Za-z0-9]{6}$/", "") },
    var.environment_variables,
  )

  file_systems = var.efs == null ? {} : { work = merge(module.efs[0].mounts["work"], { path = "/mnt/efs" }) }
  buckets      = { bottles = { arn = module.storage.arn } }
  policies = var.slack_webhook_secret_arn == null ? {} : {
    slack = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = var.slack_webhook_secret_arn }]
    })
  }
}

module "runs" {
  source             = "../../modules/scheduled-task"
  name               = local.name
  cluster_arn        = module.cluster.arn
  spot               = var.spot
  failures_topic_arn = var.failures_topic_arn
  schedules          = { for name, schedule in var.schedules : name => { expression = schedule.expression, time_zone = schedule.time_zone } }
  events = var.orchestrator_source == null ? {} : {
    orchestrator = { pattern = jsonencode({ source = [var.orchestrator_source] }), variables = { SYNC_DATE = "$.detail.date" } }
  }
  task = {
    family_arn         = module.task.family_arn
    container_name     = module.task.container_name
    task_role_arn      = module.task.task_role.arn
    execution_role_arn = module.task.execution_role.arn
  }
  network = {
    subnet_ids         = module.network.task_subnet_ids
    security_group_ids = local.security_group_ids
    assign_public_ip   = module.network.assign_public_ip
  }

  enable_execute_command = var.enable_execute_command
  role_path              = var.role_path
  permissions_boundary   = var.permissions_boundary
}

module "workers" {
  source              = "../../modules/service"
  count               = var.workers == null ? 0 : 1
  name                = "${local.name}-work"
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.task.arn
  spot_percent        = var.spot ? 100 : 0
  container_name      = module.task.container_name
  autoscaling         = merge(var.workers, { by = "step", min_capacity = 0 })

  enable_execute_command            = var.enable_execute_command
  health_check_grace_period_seconds = var.health_check == null ? null : var.health_check_grace_period_seconds
  # The workers use the runs' security group.
  create_security_group = false

  network = {
    vpc_id             = module.network.vpc_id
    subnet_ids         = module.network.task_subnet_ids
    assign_public_ip   = module.network.assign_public_ip
    security_group_ids = local.security_group_ids
  }
}
