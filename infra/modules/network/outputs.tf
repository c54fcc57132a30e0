output "vpc_id" {
  description = "The VPC's id."
  value       = local.vpc_id
}

output "cidr" {
  description = "The VPC's IPv4 block."
  value       = local.cidr
}

output "public_subnet_ids" {
  description = "Public subnets, for a public load balancer."
  value       = local.public_subnet_ids
  # AWS refuses a public load balancer in a VPC without an internet gateway.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Private subnets; may be empty."
  value       = local.private_subnet_ids
}

output "task_subnet_ids" {
  description = "The subnets for tasks: private ones if there are any, public ones otherwise."
  value       = local.has_private ? local.private_subnet_ids : local.public_subnet_ids
  depends_on  = [aws_route.internet, aws_route_table_association.public, aws_route.nat, aws_route_table_association.private]
}

output "database_subnet_ids" {
  description = "The subnets for databases and caches: the same. They get no public address."
  value       = local.has_private ? local.private_subnet_ids : local.public_subnet_ids
}

output "assign_public_ip" {
  description = "Whether tasks need their own public addresses to reach the internet and AWS."
  value       = !local.has_private
}

output "nat_public_ips" {
  description = "The public addresses of private tasks' connections; empty without NAT."
  value       = [for address in aws_eip.nat : address.public_ip]
}

output "endpoint_ids" {
  description = "Ids of the VPC endpoints, by service."
  value = merge(
    { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.id },
    { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.id },
  )
}

output "vpc_arn" {
  description = "The VPC's ARN."
  value       = one(concat(aws_vpc.new[*].arn, data.aws_vpc.found[*].arn))
}

output "internet_gateway_id" {
  description = "The internet gateway of a new VPC, or null."
  value       = one(aws_internet_gateway.new[*].id)
}

output "nat_gateway_ids" {
  description = "The NAT gateways, by zone; empty without NAT."
  value       = { for zone, gateway in aws_nat_gateway.new : zone => gateway.id }
}

output "public_route_table_id" {
  description = "The public subnets' route table of a new VPC, or null."
  value       = one(aws_route_table.public[*].id)
}

output "private_route_table_ids" {
  description = "The private subnets' route tables of a new VPC, by zone."
  value       = { for zone, table in aws_route_table.private : zone => table.id }
}

output "endpoint_security_group_id" {
  description = "The security group of the interface endpoints, or null."
  value       = one(aws_security_group.endpoints[*].id)
}

output "flow_log_id" {
  description = "The flow log, or null."
  value       = one(aws_flow_log.vpc[*].id)
}

output "flow_log_group_name" {
  description = "The flow log's log group, or null."
  value       = one(aws_cloudwatch_log_group.flow[*].name)
}

output "flow_log_group_arn" {
  description = "Its ARN, or null."
  value       = one(aws_cloudwatch_log_group.flow[*].arn)
}

output "flow_log_role_arn" {
  description = "The role that writes it, or null."
  value       = one(aws_iam_role.flow[*].arn)
}

output "for_tasks" {
  description = "The value for `network` of the module `service`: `vpc_id`, `subnet_ids` and `assign_public_ip`."
  value = {
    vpc_id           = local.vpc_id
    subnet_ids       = local.has_private ? local.private_subnet_ids : local.public_subnet_ids
    assign_public_ip = !local.has_private
  }
  depends_on = [aws_route.internet, aws_route_table_association.public, aws_route.nat, aws_route_table_association.private]
}

output "for_data" {
  description = "The value for `network` of the modules `database`, `cache` and `efs`: `vpc_id` and `subnet_ids`."
  value = {
    vpc_id     = local.vpc_id
    subnet_ids = local.has_private ? local.private_subnet_ids : local.public_subnet_ids
  }
}
