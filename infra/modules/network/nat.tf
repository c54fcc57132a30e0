# A NAT gateway is charged by the hour, also while everything sleeps: public subnets, or private ones with
# endpoints, are cheaper.
locals {
  nat_zones = {
    none     = {}
    single   = { for zone, index in local.private_zones : zone => index if index == 0 }
    per_zone = local.private_zones
  }[var.vpc.nat]
}

resource "aws_eip" "nat" {
  for_each = local.nat_zones
  domain   = "vpc"
  tags     = merge(var.tags, { Name = "${var.name}-nat-${each.key}" })
}

resource "aws_nat_gateway" "new" {
  for_each      = local.nat_zones
  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = merge(var.tags, { Name = "${var.name}-${each.key}" })

  depends_on = [aws_internet_gateway.new]
}

resource "aws_route" "nat" {
  for_each               = var.vpc.nat == "none" ? {} : local.private_zones
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.new[var.vpc.nat == "single" ? local.zones[0] : each.key].id
}
