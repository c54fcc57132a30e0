locals {
  ports = merge(
    { http = 80 },
    var.https == null ? {} : { https = 443 },
    { for name, extra in var.extra_ports : name => extra.port },
  )
  from_blocks = !var.create_security_group ? {} : { for pair in setproduct(keys(local.ports), var.ingress_cidrs) : "${pair[0]}-${pair[1]}" => { port = local.ports[pair[0]], cidr = pair[1] } }
  from_groups = !var.create_security_group ? {} : { for pair in setproduct(keys(local.ports), keys(var.ingress_security_group_ids)) : "${pair[0]}-${pair[1]}" => { port = local.ports[pair[0]], group = pair[1] } }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:it is the load balancer's
  count       = var.create_security_group ? 1 : 0
  name        = "${var.name}-load-balancer"
  description = "Load balancer ${var.name}"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-load-balancer" })
}

resource "aws_vpc_security_group_ingress_rule" "blocks" {
  # checkov:skip=CKV_AWS_260:port 80 of a public load balancer, which redirects to HTTPS once there is a certificate
  for_each          = local.from_blocks
  description       = "Visitors"
  security_group_id = aws_security_group.this[0].id
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  tags              = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "groups" {
  for_each                     = local.from_groups
  description                  = "Visitors by way of ${each.value.group}"
  security_group_id            = aws_security_group.this[0].id
  referenced_security_group_id = var.ingress_security_group_ids[each.value.group]
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "targets" {
  count             = var.create_security_group ? 1 : 0
  description       = "Targets in the VPC"
  security_group_id = aws_security_group.this[0].id
  cidr_ipv4         = var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = 1
  to_port           = 65535
  tags              = var.tags
}
