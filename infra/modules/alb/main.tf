resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_91:access logs go to the bucket that access_logs names
  # checkov:skip=CKV_AWS_150:deletion protection is the user's choice; an environment to try must be easy to destroy
  # checkov:skip=CKV2_AWS_28:a web ACL is put in front when web_acl_arn names one; it costs money every month
  # checkov:skip=CKV2_AWS_76:the rules of a web ACL are those of whoever made it
  # checkov:skip=CKV2_AWS_20:port 80 redirects to HTTPS as soon as there is a certificate
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.internal
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  idle_timeout               = var.idle_timeout_seconds
  enable_deletion_protection = var.deletion_protection
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
}

resource "aws_wafv2_web_acl_association" "this" {
  count        = var.web_acl_arn == null ? 0 : 1
  resource_arn = aws_lb.this.arn
  web_acl_arn  = var.web_acl_arn
}

# Its answers are all that the load balancer fails at by itself: no target, no valid answer. The
# app's own errors are an alarm of the service module, as at this level the waker's answers count too.
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
