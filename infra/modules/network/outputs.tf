output "vpc_id" {
  description = "The VPC's id."
  value       = local.vpc_id
}

output "cidr" {
  description = "The VPC's IPv4 block."
  value       = local.cidr
}

output "public_subnet_ids" {
  description = "Subnets with a way in from the internet, for a public load balancer."
  value       = local.public_subnet_ids
  # A public load balancer is refused in a VPC without a way to the internet.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Subnets without one; may be empty."
  value       = local.private_subnet_ids
}

output "task_subnet_ids" {
  description = "Where tasks go: private subnets where there are some, public ones otherwise."
  value       = local.has_private ? local.private_subnet_ids : local.public_subnet_ids
  depends_on  = [aws_route.internet, aws_route_table_association.public, aws_route.nat, aws_route_table_association.private]
}

output "database_subnet_ids" {
  description = "Where databases and caches go: the same. They get no public address."
  value       = local.has_private ? local.private_subnet_ids : local.public_subnet_ids
}

output "assign_public_ip" {
  description = "Whether tasks need public addresses of their own to reach the internet, AWS included."
  value       = !local.has_private
}

output "nat_public_ips" {
  description = "The addresses that private tasks are seen under; empty without NAT."
  value       = [for address in aws_eip.nat : address.public_ip]
}

output "endpoint_ids" {
  description = "Ids of the VPC endpoints, by service."
  value = merge(
    { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.id },
    { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.id },
  )
}
