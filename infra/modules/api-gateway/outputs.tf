output "url" {
  description = "Where the API answers."
  value       = var.domain == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain.name}"
}

output "host" {
  description = "The host name of its own address."
  value       = replace(aws_apigatewayv2_api.this.api_endpoint, "https://", "")
}

output "security_group_id" {
  description = "The VPC link's security group, which the load balancer lets in."
  value       = aws_security_group.this.id
}

output "domain_target" {
  description = "What the domain's record is an alias of, or null."
  value       = one([for domain in aws_apigatewayv2_domain_name.this : one(domain.domain_name_configuration).target_domain_name])
}

output "domain_zone_id" {
  description = "The hosted zone of that, or null."
  value       = one([for domain in aws_apigatewayv2_domain_name.this : one(domain.domain_name_configuration).hosted_zone_id])
}
