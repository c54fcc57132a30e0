locals {
  # AWS takes 32 characters; a longer name ends in a hash of the whole.
  short_name = length(var.name) <= 32 ? var.name : "${trimsuffix(substr(var.name, 0, 24), "-")}-${substr(sha256(var.name), 0, 7)}"
}

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_91:access logs go to the bucket that access_logs names
  # checkov:skip=CKV_AWS_150:deletion protection is the user's choice; a trial environment must be easy to
  # destroy
  # checkov:skip=CKV2_AWS_28:a web ACL is put in front when web_acl_arn names one; it costs money every month
  # checkov:skip=CKV2_AWS_76:the rules of a web ACL belong to its owner
  # checkov:skip=CKV2_AWS_20:port 80 redirects to HTTPS as soon as there is a certificate
  name                       = local.short_name
  load_balancer_type         = "application"
  internal                   = var.internal
  subnets                    = var.subnet_ids
  security_groups            = concat(aws_security_group.this[*].id, var.security_group_ids)
  idle_timeout               = var.idle_timeout
  enable_deletion_protection = var.enable_deletion_protection
  drop_invalid_header_fields = true
  tags                       = var.tags

  dynamic "access_logs" {
    for_each = var.access_logs[*]
    content {
      enabled = true
      bucket  = access_logs.value.bucket
      prefix  = access_logs.value.prefix
    }
  }

  lifecycle {
    precondition {
      condition     = var.create_security_group || length(var.security_group_ids) > 0
      error_message = "Without create_security_group the load balancer needs security_group_ids."
    }
  }
}

resource "aws_route53_record" "this" {
  # checkov:skip=CKV2_AWS_23:it is an alias of the load balancer above
  for_each = var.records
  zone_id  = each.value
  name     = each.key
  type     = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count        = var.web_acl_arn == null ? 0 : 1
  resource_arn = aws_lb.this.arn
  web_acl_arn  = var.web_acl_arn
}

# The load balancer's own 5xx: no target, or no valid answer. The app's own errors are an alarm of the service
# module, because at this level the waker's answers count too.
resource "aws_cloudwatch_metric_alarm" "elb_5xx" {
  count               = var.alarms == null ? 0 : 1
  alarm_name          = "${var.name}-load-balancer-5xx"
  alarm_description   = "The load balancer ${var.name} answers 5xx by itself."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  dimensions          = { LoadBalancer = aws_lb.this.arn_suffix }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarms.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags
}
