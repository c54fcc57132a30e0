locals {
  own_group    = try(var.vpc.create_security_group, false)
  probed_ports = local.own_group ? distinct([for environment in var.environments : coalesce(environment.database.connect.port, 5432) if try(environment.database.connect, null) != null]) : []

  # The function's connections inside the VPC: AWS's APIs, and the databases that it probes. By the block's
  # index in its list, because the VPC's own block may not be known yet.
  https    = local.own_group ? { for index, cidr in var.vpc.https_cidrs : "https-${index}" => { port = 443, cidr = cidr, description = "AWS APIs" } } : {}
  database = { for pair in setproduct(local.probed_ports, range(length(local.database_cidrs))) : "database-${pair[0]}-${pair[1]}" => { port = pair[0], cidr = local.database_cidrs[pair[1]], description = "Databases" } }

  database_cidrs = try(coalesce(var.vpc.database_cidrs), data.aws_vpc.this[*].cidr_block)
}

data "aws_vpc" "this" {
  count = length(local.probed_ports) > 0 && try(var.vpc.database_cidrs, null) == null ? 1 : 0
  id    = var.vpc.id
}

resource "aws_security_group" "waker" {
  # checkov:skip=CKV2_AWS_5:it is the function's where that is in a VPC
  count       = local.own_group ? 1 : 0
  name        = var.name
  description = "The function ${var.name}"
  vpc_id      = var.vpc.id
  tags        = merge(var.tags, { Name = var.name })
}

resource "aws_vpc_security_group_egress_rule" "waker" {
  for_each          = merge(local.https, local.database)
  description       = each.value.description
  security_group_id = aws_security_group.waker[0].id
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  tags              = var.tags
}
