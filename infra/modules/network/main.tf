# The network, in any mode: every output has the same meaning in all three.
locals {
  make  = var.vpc.mode == "new"
  zones = length(var.vpc.zones) > 0 ? var.vpc.zones : slice(try(data.aws_availability_zones.region[0].names, []), 0, local.make ? var.vpc.zone_count : 0)

  # By zone, so that adding or removing a zone does not change the others.
  public_zones  = local.make ? { for index, zone in local.zones : zone => index } : {}
  private_zones = var.vpc.private_subnets ? local.public_zones : {}

  vpc_id = one(concat(aws_vpc.new[*].id, data.aws_vpc.found[*].id))
  cidr   = one(concat(aws_vpc.new[*].cidr_block, data.aws_vpc.found[*].cidr_block))

  public_subnet_ids = tolist(concat(
    [for zone in keys(local.public_zones) : aws_subnet.public[zone].id],
    flatten(data.aws_subnets.default[*].ids),
    var.vpc.public_subnet_ids,
  ))
  private_subnet_ids = tolist(concat(
    [for zone in keys(local.private_zones) : aws_subnet.private[zone].id],
    var.vpc.private_subnet_ids,
  ))

  # A private subnet of a new VPC without NAT only reaches the endpoints; an existing one is assumed to have
  # what its tasks need.
  has_private = length(local.private_zones) + length(var.vpc.private_subnet_ids) > 0
}

data "aws_availability_zones" "region" {
  # checkov:skip=CKV_AWS_394:only the first zone_count of the sorted names are taken; zones chooses certain
  # ones
  count = local.make && length(var.vpc.zones) == 0 ? 1 : 0
  state = "available"

  # Local zones need an opt-in, and often have neither load balancers nor databases.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_vpc" "found" {
  count   = local.make ? 0 : 1
  default = var.vpc.mode == "default" ? true : null
  id      = var.vpc.id
}

data "aws_subnets" "default" {
  count = var.vpc.mode == "default" ? 1 : 0

  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.found[0].id]
  }

  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}
