# What both kinds have in common: network, login, and who may connect.
locals {
  aurora   = var.kind == "aurora"
  managed  = nonsensitive(var.login.password == null)
  username = nonsensitive(var.login.username)

  security_group_ids = concat([aws_security_group.this.id], var.network.security_group_ids)

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
