resource "aws_vpc" "new" {
  # checkov:skip=CKV2_AWS_11:flow logs are made when flow_logs.enabled asks for them; they cost money by volume
  count                = local.make ? 1 : 0
  cidr_block           = var.vpc.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = merge(var.tags, { Name = var.name })
}

# Without this the VPC's default security group lets its members talk to each other.
resource "aws_default_security_group" "new" {
  count  = local.make ? 1 : 0
  vpc_id = aws_vpc.new[0].id
  tags   = merge(var.tags, { Name = "${var.name}-unused" })
}

resource "aws_internet_gateway" "new" {
  count  = local.make ? 1 : 0
  vpc_id = aws_vpc.new[0].id
  tags   = merge(var.tags, { Name = var.name })
}

# Sixteen blocks: the first eight for public subnets, the others for private ones.
resource "aws_subnet" "public" {
  for_each          = local.public_zones
  vpc_id            = aws_vpc.new[0].id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc.cidr, 4, each.value)
  # Tasks request a public address themselves; other network interfaces get none.
  map_public_ip_on_launch = false
  tags                    = merge(var.tags, { Name = "${var.name}-public-${each.key}" })
}

resource "aws_route_table" "public" {
  count  = local.make ? 1 : 0
  vpc_id = aws_vpc.new[0].id
  tags   = merge(var.tags, { Name = "${var.name}-public" })
}

resource "aws_route" "internet" {
  count                  = local.make ? 1 : 0
  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.new[0].id
}

resource "aws_route_table_association" "public" {
  for_each       = local.public_zones
  route_table_id = aws_route_table.public[0].id
  subnet_id      = aws_subnet.public[each.key].id
}

resource "aws_subnet" "private" {
  for_each          = local.private_zones
  vpc_id            = aws_vpc.new[0].id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc.cidr, 4, 8 + each.value)
  tags              = merge(var.tags, { Name = "${var.name}-private-${each.key}" })
}

resource "aws_route_table" "private" {
  for_each = local.private_zones
  vpc_id   = aws_vpc.new[0].id
  tags     = merge(var.tags, { Name = "${var.name}-private-${each.key}" })
}

resource "aws_route_table_association" "private" {
  for_each       = local.private_zones
  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = aws_subnet.private[each.key].id
}
