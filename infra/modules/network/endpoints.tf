locals {
  gateway_endpoints  = var.endpoints.gateway != null ? var.endpoints.gateway : toset(local.make ? ["s3"] : [])
  any_endpoint       = length(local.gateway_endpoints) + length(var.endpoints.interface) > 0
  interface_endpoint = length(var.endpoints.interface) > 0
}

data "aws_region" "here" {
  count = local.any_endpoint || var.flow_logs.enabled ? 1 : 0
}

# In an existing VPC: every route table, because it is not known which of them the subnets use.
data "aws_route_tables" "found" {
  count  = !local.make && length(local.gateway_endpoints) > 0 ? 1 : 0
  vpc_id = local.vpc_id
}

resource "aws_vpc_endpoint" "gateway" {
  for_each          = local.gateway_endpoints
  vpc_id            = local.vpc_id
  vpc_endpoint_type = "Gateway"
  # The region's id is its name in both provider 5, where the attribute is `name`, and 6, where it is
  # `region`.
  service_name = "com.amazonaws.${data.aws_region.here[0].id}.${each.key}"
  route_table_ids = concat(
    aws_route_table.public[*].id,
    [for table in aws_route_table.private : table.id],
    flatten(data.aws_route_tables.found[*].ids),
  )
  tags = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = var.endpoints.interface
  vpc_id              = local.vpc_id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${data.aws_region.here[0].id}.${each.key}"
  private_dns_enabled = true
  subnet_ids          = local.has_private ? local.private_subnet_ids : local.public_subnet_ids
  security_group_ids  = aws_security_group.endpoints[*].id
  tags                = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_security_group" "endpoints" {
  # checkov:skip=CKV2_AWS_5:it is on the endpoints, of which there may be none
  count       = local.interface_endpoint ? 1 : 0
  name        = "${var.name}-endpoints"
  description = "AWS endpoints in ${var.name}"
  vpc_id      = local.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-endpoints" })
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count             = local.interface_endpoint ? 1 : 0
  description       = "HTTPS from the VPC"
  security_group_id = aws_security_group.endpoints[0].id
  cidr_ipv4         = local.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}
