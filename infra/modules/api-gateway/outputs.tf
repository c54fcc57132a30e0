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

output "id" {
  description = "The API's id."
  value       = aws_apigatewayv2_api.this.id
}

output "arn" {
  description = "The API's ARN."
  value       = aws_apigatewayv2_api.this.arn
}

output "execution_arn" {
  description = "What permissions to call the API name."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "stage_arn" {
  description = "The stage's ARN, such as a web ACL is put in front of."
  value       = aws_apigatewayv2_stage.this.arn
}

output "vpc_link_id" {
  description = "The VPC link's id."
  value       = aws_apigatewayv2_vpc_link.this.id
}

output "log_group_name" {
  description = "The access log's group."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "Its ARN."
  value       = aws_cloudwatch_log_group.this.arn
}
