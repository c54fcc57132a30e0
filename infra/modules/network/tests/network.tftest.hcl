mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "test"
}

run "a_new_vpc_has_public_subnets_and_no_nat" {
  assert {
    condition     = length(aws_subnet.public) == 2 && length(aws_subnet.private) == 0 && length(aws_nat_gateway.new) == 0
    error_message = "Two public subnets, nothing else that costs money."
  }
  assert {
    condition     = [for zone in ["eu-west-1a", "eu-west-1b"] : aws_subnet.public[zone].cidr_block] == ["10.0.0.0/20", "10.0.16.0/20"]
    error_message = "Each subnet has a block of its own."
  }
  assert {
    condition     = output.assign_public_ip && output.task_subnet_ids == output.public_subnet_ids && length(output.database_subnet_ids) == 2
    error_message = "Without private subnets, tasks are in the public ones and need addresses."
  }
  assert {
    condition     = keys(output.endpoint_ids) == ["s3"]
    error_message = "The gateway to S3 costs nothing and is there."
  }
  assert {
    condition     = length(aws_flow_log.vpc) == 0
    error_message = "No flow logs unless asked for."
  }
}

run "private_subnets_with_one_nat" {
  variables {
    vpc = { private_subnets = true, nat = "single", zone_count = 3 }
  }
  assert {
    condition     = length(aws_subnet.private) == 3 && length(aws_nat_gateway.new) == 1 && length(aws_route.nat) == 3
    error_message = "Every private subnet's way out is the one gateway."
  }
  assert {
    condition     = aws_subnet.private["eu-west-1a"].cidr_block == "10.0.128.0/20"
    error_message = "Private blocks are in the upper half."
  }
  assert {
    condition     = !output.assign_public_ip && output.task_subnet_ids == output.private_subnet_ids && length(output.nat_public_ips) == 1
    error_message = "Tasks are in the private subnets."
  }
}

run "private_subnets_with_a_nat_per_zone" {
  variables {
    vpc = { private_subnets = true, nat = "per_zone", zones = ["eu-west-1b", "eu-west-1c"] }
  }
  assert {
    condition     = keys(aws_nat_gateway.new) == ["eu-west-1b", "eu-west-1c"] && length(aws_route.nat) == 2
    error_message = "One gateway in each zone that was named."
  }
}

run "private_subnets_with_endpoints_only" {
  variables {
    vpc       = { private_subnets = true }
    endpoints = { interface = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"] }
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) == 4 && aws_vpc_endpoint.interface["ecr.api"].service_name == "com.amazonaws.eu-west-1.ecr.api"
    error_message = "An endpoint for each service."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints[0].cidr_ipv4 == "10.0.0.0/16" && length(aws_route.nat) == 0
    error_message = "The endpoints are for the VPC alone."
  }
}

run "the_default_vpc" {
  variables {
    vpc = { mode = "default" }
  }
  assert {
    condition     = output.vpc_id == "vpc-0123456789abcdef0" && length(output.public_subnet_ids) == 2 && length(aws_vpc.new) == 0
    error_message = "Nothing is made, and the default subnets are found."
  }
  assert {
    condition     = length(output.endpoint_ids) == 0
    error_message = "A VPC that is not ours gets no endpoints unless asked for."
  }
}

run "an_existing_vpc" {
  variables {
    vpc = {
      mode               = "existing"
      id                 = "vpc-0123456789abcdef0"
      public_subnet_ids  = ["subnet-00000000000000001", "subnet-00000000000000002"]
      private_subnet_ids = ["subnet-00000000000000003", "subnet-00000000000000004"]
    }
    endpoints = { gateway = ["s3"] }
    flow_logs = { enabled = true, retention_days = 7, traffic = "REJECT" }
  }
  assert {
    condition     = output.task_subnet_ids == tolist(["subnet-00000000000000003", "subnet-00000000000000004"]) && !output.assign_public_ip
    error_message = "Its private subnets are used."
  }
  assert {
    condition     = aws_vpc_endpoint.gateway["s3"].route_table_ids == toset(["rtb-00000000000000001"])
    error_message = "The gateway is put into its route tables."
  }
  assert {
    condition     = aws_flow_log.vpc[0].traffic_type == "REJECT" && aws_cloudwatch_log_group.flow[0].retention_in_days == 7
    error_message = "Flow logs as asked for."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.flow[0].policy).Statement[0].Resource == "${aws_cloudwatch_log_group.flow[0].arn}:*"
    error_message = "The role writes to its own log group only."
  }
}

run "a_role_by_the_accounts_rules" {
  variables {
    name                 = "a-network-whose-name-is-as-long-as-a-name-can-be-of-all-of-them"
    flow_logs            = { enabled = true }
    role_path            = "/apps/"
    permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
  }
  assert {
    condition     = aws_iam_role.flow[0].path == "/apps/" && aws_iam_role.flow[0].permissions_boundary == "arn:aws:iam::111122223333:policy/boundary" && length(aws_iam_role.flow[0].name) == 64
    error_message = "Path, boundary, and a name that fits."
  }
  assert {
    condition     = jsondecode(aws_iam_role.flow[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    error_message = "Flow logs of this account alone are written by it."
  }
}
