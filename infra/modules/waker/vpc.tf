locals {
  # What the function connects to from inside the VPC: AWS's APIs, and the databases that it probes.
  ports = var.vpc == null ? [] : distinct(concat([443], [for environment in var.environments : coalesce(environment.database.connect.port, 5432) if try(environment.database.connect, null) != null]))
}

resource "aws_security_group" "waker" {
  # checkov:skip=CKV2_AWS_5:it is the function's where that is in a VPC
  count       = var.vpc == null ? 0 : 1
  name        = var.name
  description = "The function ${var.name}"
  vpc_id      = var.vpc.id
  tags        = merge(var.tags, { Name = var.name })
}

resource "aws_vpc_security_group_egress_rule" "waker" {
  for_each          = { for port in local.ports : tostring(port) => port }
  description       = each.value == 443 ? "AWS APIs" : "Databases"
  security_group_id = aws_security_group.waker[0].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  tags              = var.tags
}
