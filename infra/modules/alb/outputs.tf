output "id" {
  description = "The load balancer's id, which is its ARN."
  value       = aws_lb.this.id
}

output "name" {
  description = "Its name in AWS, of at most 32 characters."
  value       = aws_lb.this.name
}

output "arn" {
  description = "The load balancer's ARN."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "The load balancer's ARN suffix, its dimension in CloudWatch."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "Its DNS name, for an alias or CNAME record."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "The hosted zone of its name, for an alias record, with `evaluate_target_health = false`: a load balancer with a sleeping environment counts as unhealthy there."
  value       = aws_lb.this.zone_id
}

output "url" {
  description = "The URL of its own DNS name."
  value       = "${var.https == null ? "http" : "https"}://${aws_lb.this.dns_name}"
}

output "listener_arn" {
  description = "The listener of the app: HTTPS if there is a certificate, HTTP otherwise."
  value       = var.https == null ? aws_lb_listener.http.arn : aws_lb_listener.https[0].arn
}

output "http_listener_arn" {
  description = "The listener of port 80."
  value       = aws_lb_listener.http.arn
}

output "https_listener_arn" {
  description = "The listener of port 443, or null."
  value       = one(aws_lb_listener.https[*].arn)
}

output "extra_listener_arns" {
  description = "The listeners of the extra ports, by name."
  value       = { for name, listener in aws_lb_listener.extra : name => listener.arn }
}

output "security_group_id" {
  description = "The load balancer's security group, which targets let in; the first of `security_group_ids` if none is created."
  value       = try(concat(aws_security_group.this[*].id, var.security_group_ids)[0], null)
}

output "security_group_arn" {
  description = "The ARN of the created security group, or null."
  value       = one(aws_security_group.this[*].arn)
}

output "record_names" {
  description = "The names of the created records."
  value       = [for record in aws_route53_record.this : record.name]
}

output "alarm_arns" {
  description = "The alarms, by name; empty without `alarms`."
  value       = { for alarm in aws_cloudwatch_metric_alarm.elb_5xx : "load-balancer-5xx" => alarm.arn }
}
