output "url" {
  description = "The API's URL."
  value       = var.domain == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain.name}"
}

output "host" {
  description = "The host name of its own URL."
  value       = replace(aws_apigatewayv2_api.this.api_endpoint, "https://", "")
}

output "security_group_id" {
  description = "The VPC link's security group, which the load balancer lets in."
  value       = aws_security_group.this.id
}

output "domain_target" {
  description = "The target of the domain's alias record, or null."
  value       = one([for domain in aws_apigatewayv2_domain_name.this : one(domain.domain_name_configuration).target_domain_name])
}

output "domain_zone_id" {
  description = "The hosted zone of that target, or null."
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
  description = "The execution ARN, for permissions to call the API."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "stage_arn" {
  description = "The stage's ARN, for a web ACL for example."
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
