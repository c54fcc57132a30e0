mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "api"
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"] }
  listener = {
    arn               = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
    security_group_id = "sg-1"
  }
}

run "defaults" {
  assert {
    condition     = aws_apigatewayv2_integration.this.connection_type == "VPC_LINK" && aws_apigatewayv2_integration.this.integration_uri == var.listener.arn && aws_apigatewayv2_integration.this.timeout_milliseconds == 30000
    error_message = "By the VPC link to the listener, as long as can be."
  }
  assert {
    condition     = aws_apigatewayv2_stage.this.name == "$default" && aws_apigatewayv2_route.this.route_key == "$default"
    error_message = "Nothing is added to the path."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.this.referenced_security_group_id == "sg-1" && aws_vpc_security_group_egress_rule.this.from_port == 80
    error_message = "The link reaches the load balancer only."
  }
  assert {
    condition     = output.url == "https://abcdef1234.execute-api.eu-west-1.amazonaws.com" && output.host == "abcdef1234.execute-api.eu-west-1.amazonaws.com" && output.domain_target == null
    error_message = "Its own address."
  }
}

run "everything" {
  variables {
    listener = {
      arn               = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2"
      port              = 443
      security_group_id = "sg-1"
      server_name       = "internal.example.com"
    }
    cors     = { allow_origins = ["https://app.example.com"], allow_credentials = true }
    throttle = { rate = 10, burst = 20 }
    domain   = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/one" }
  }
  assert {
    condition     = one(aws_apigatewayv2_integration.this.tls_config).server_name_to_verify == "internal.example.com" && one(aws_apigatewayv2_stage.this.default_route_settings).throttling_burst_limit == 20
    error_message = "TLS to the load balancer."
  }
  assert {
    condition     = output.url == "https://api.example.com" && one(aws_apigatewayv2_api.this.cors_configuration).allow_credentials
    error_message = "A domain, and pages of another origin."
  }
}
