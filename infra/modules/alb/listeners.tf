# Requests that match no rule get 404: an environment's rules come from the waker module.
resource "aws_lb_listener" "http" {
  # checkov:skip=CKV_AWS_2:it redirects as soon as there is a certificate
  # checkov:skip=CKV_AWS_103:plain HTTP has no TLS
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  tags              = var.tags

  dynamic "default_action" {
    for_each = var.https[*]
    content {
      type = "redirect"
      redirect {
        protocol    = "HTTPS"
        port        = "443"
        status_code = "HTTP_301"
      }
    }
  }

  dynamic "default_action" {
    for_each = var.https == null ? [1] : []
    content {
      type = "fixed-response"
      fixed_response {
        content_type = "text/plain"
        status_code  = "404"
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  count             = var.https == null ? 0 : 1
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.https.certificate_arn
  ssl_policy        = var.https.ssl_policy
  tags              = var.tags

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_certificate" "more" {
  for_each        = try(var.https.more_certificate_arns, {})
  listener_arn    = aws_lb_listener.https[0].arn
  certificate_arn = each.value
}

resource "aws_lb_listener" "extra" {
  # checkov:skip=CKV_AWS_2:the user says of each port whether it is HTTPS
  # checkov:skip=CKV_AWS_103:where it is HTTPS it has the policy of https
  # checkov:skip=CKV2_AWS_74:where it is HTTPS it has the policy of https
  for_each          = var.extra_ports
  load_balancer_arn = aws_lb.this.arn
  port              = each.value.port
  protocol          = each.value.https ? "HTTPS" : "HTTP"
  certificate_arn   = each.value.https ? try(var.https.certificate_arn, null) : null
  ssl_policy        = each.value.https ? try(var.https.ssl_policy, null) : null
  tags              = var.tags

  dynamic "default_action" {
    for_each = each.value.forward ? [1] : []
    content {
      type             = "forward"
      target_group_arn = each.value.target_group_arn
    }
  }

  dynamic "default_action" {
    for_each = each.value.forward ? [] : [1]
    content {
      type = "fixed-response"
      fixed_response {
        content_type = "text/plain"
        status_code  = "404"
      }
    }
  }

  lifecycle {
    precondition {
      condition     = !each.value.https || var.https != null
      error_message = "An extra port with https = true needs the certificates of https."
    }
  }
}
