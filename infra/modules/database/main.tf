# What both kinds have in common: network, login, and who may connect.
locals {
  aurora   = var.kind == "aurora"
  managed  = nonsensitive(var.login.password == null)
  username = nonsensitive(var.login.username)
  version  = coalesce(var.engine_version, local.aurora ? "16.8" : "16")
  major    = split(".", local.version)[0]

  # Before these there is no minimum of 0 (facts of Aurora's auto-pause).
  first_to_pause = { "13" = 15, "14" = 12, "15" = 7, "16" = 3 }
  can_pause      = tonumber(local.major) > 16 || try(tonumber(split(".", local.version)[1]) >= local.first_to_pause[local.major], !strcontains(local.version, "."))

  # The provider refuses it with a minimum above 0.
  pause_after_seconds = var.aurora.min == 0 ? var.aurora.pause_after_seconds : null

  # TLS for every connection: RDS's own default from 15 on, and then for all versions.
  parameters = merge({ "rds.force_ssl" = { value = "1", static = false } }, var.parameters)

  host = one(concat(aws_rds_cluster.this[*].endpoint, aws_db_instance.this[*].address))
  arn  = one(concat(aws_rds_cluster.this[*].arn, aws_db_instance.this[*].arn))
  secret_arn = one(concat(
    flatten([for cluster in aws_rds_cluster.this : cluster.master_user_secret[*].secret_arn if local.managed]),
    flatten([for instance in aws_db_instance.this : instance.master_user_secret[*].secret_arn if local.managed]),
    aws_secretsmanager_secret.login[*].arn,
  ))
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Subnets of ${var.name}"
  subnet_ids  = var.network.subnet_ids
  tags        = var.tags
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:it is the database's
  name        = "${var.name}-database"
  description = "Database ${var.name}"
  vpc_id      = var.network.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-database" })
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each                     = var.clients
  description                  = each.key
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "blocks" {
  for_each          = var.client_cidrs
  description       = each.key
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = var.port
  to_port           = var.port
  tags              = var.tags
}

# For a password of the user's own; what the entrypoint takes from a secret is all there.
resource "aws_secretsmanager_secret" "login" {
  # checkov:skip=CKV2_AWS_57:a password of the user's own is the user's to change; without one RDS makes and rotates it
  # checkov:skip=CKV_AWS_149:encrypted with AWS's key unless the user gives one
  count = local.managed ? 0 : 1
  # A deleted secret keeps its name for a week, in which the environment may be made anew.
  name_prefix             = "${var.name}-login-"
  description             = "Login of the database ${var.name}"
  kms_key_id              = nonsensitive(var.login.secret_key_arn)
  recovery_window_in_days = 7
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "login" {
  count     = local.managed ? 0 : 1
  secret_id = aws_secretsmanager_secret.login[0].id
  secret_string = jsonencode({
    engine   = "postgres"
    host     = local.host
    port     = var.port
    dbname   = var.database_name
    username = local.username
    password = var.login.password
  })
}

resource "aws_iam_role" "monitoring" {
  count = var.monitoring.seconds > 0 ? 1 : 0
  name  = "${var.name}-monitoring"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
    }]
  })
  tags = var.tags
}

data "aws_partition" "here" {}

# AWS's own policy for it: its log group RDSOSMetrics is the account's, not this database's.
resource "aws_iam_role_policy_attachment" "monitoring" {
  count      = var.monitoring.seconds > 0 ? 1 : 0
  role       = aws_iam_role.monitoring[0].name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
