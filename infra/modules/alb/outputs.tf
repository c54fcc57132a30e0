output "arn" {
  description = "The load balancer's ARN."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "What CloudWatch calls it."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "Its name, for an alias or CNAME record."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "The hosted zone of its name, for an alias record, with `evaluate_target_health = false`: a load balancer with a sleeping environment counts as unhealthy there."
  value       = aws_lb.this.zone_id
}

output "url" {
  description = "Where it answers by its own name."
  value       = "${var.https == null ? "http" : "https"}://${aws_lb.this.dns_name}"
}

output "listener_arn" {
  description = "The listener that serves: HTTPS where there is a certificate, HTTP otherwise."
  value       = var.https == null ? aws_lb_listener.http.arn : aws_lb_listener.https[0].arn
}

output "extra_listener_arns" {
  description = "The listeners of the extra ports, by name."
  value       = { for name, listener in aws_lb_listener.extra : name => listener.arn }
}

output "security_group_id" {
  description = "The load balancer's security group, which targets let in."
  value       = aws_security_group.this.id
}
