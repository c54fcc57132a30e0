# The mocked provider's values of attributes that only AWS knows, if their form matters: the value for
# another resource's ARN argument must be an ARN.
mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/alb/0123456789abcdef"
    arn_suffix = "app/alb/0123456789abcdef"
    dns_name   = "alb-1.eu-west-1.elb.amazonaws.com"
    zone_id    = "Z32O12XQLNTSW2"
  }
}

mock_resource "aws_lb_listener" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/0123456789abcdef/1111111111111111"
  }
}

mock_resource "aws_lb_listener_rule" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/0123456789abcdef/1111111111111111/2222222222222222"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/made/3333333333333333"
    arn_suffix = "targetgroup/made/3333333333333333"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:waker"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111122223333:role/made"
  }
}

mock_resource "aws_iam_policy" {
  defaults = {
    arn = "arn:aws:iam::111122223333:policy/made"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-west-1:111122223333:log-group:made"
  }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = {
    arn = "arn:aws:events:eu-west-1:111122223333:rule/made"
  }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  defaults = {
    arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:made"
  }
}

mock_resource "aws_scheduler_schedule" {
  defaults = {
    arn = "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/made"
  }
}

mock_resource "aws_sns_topic" {
  defaults = {
    arn = "arn:aws:sns:eu-west-1:111122223333:made"
  }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws:sqs:eu-west-1:111122223333:made"
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/made"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn                         = "arn:aws:s3:::made"
    bucket_regional_domain_name = "made.s3.eu-west-1.amazonaws.com"
  }
}

mock_resource "aws_kms_key" {
  defaults = {
    arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000"
  }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = {
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:made-AbCdEf"
  }
}

mock_resource "aws_ecs_cluster" {
  defaults = {
    arn = "arn:aws:ecs:eu-west-1:111122223333:cluster/made"
    id  = "arn:aws:ecs:eu-west-1:111122223333:cluster/made"
  }
}

mock_resource "aws_ecs_service" {
  defaults = {
    id = "arn:aws:ecs:eu-west-1:111122223333:service/made/made"
  }
}

mock_resource "aws_ecs_task_definition" {
  defaults = {
    arn                  = "arn:aws:ecs:eu-west-1:111122223333:task-definition/made:1"
    arn_without_revision = "arn:aws:ecs:eu-west-1:111122223333:task-definition/made"
    revision             = 1
  }
}

mock_resource "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:eu-west-1:111122223333:repository/made"
    repository_url = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/made"
  }
}

mock_resource "aws_efs_file_system" {
  defaults = {
    arn = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0"
    id  = "fs-0123456789abcdef0"
  }
}

mock_resource "aws_efs_access_point" {
  defaults = {
    arn = "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0123456789abcdef0"
    id  = "fsap-0123456789abcdef0"
  }
}

mock_resource "aws_rds_cluster" {
  defaults = {
    arn              = "arn:aws:rds:eu-west-1:111122223333:cluster:made"
    endpoint         = "made.cluster-abc.eu-west-1.rds.amazonaws.com"
    reader_endpoint  = "made.cluster-ro-abc.eu-west-1.rds.amazonaws.com"
    engine_lifecycle = "open-source-rds-extended-support-disabled"
    master_user_secret = [{
      kms_key_id    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000"
      secret_arn    = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-made-AbCdEf"
      secret_status = "active"
    }]
  }
}

mock_resource "aws_db_instance" {
  defaults = {
    arn     = "arn:aws:rds:eu-west-1:111122223333:db:made"
    address = "made.abc.eu-west-1.rds.amazonaws.com"
    port    = 5432
    master_user_secret = [{
      kms_key_id    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000"
      secret_arn    = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-made-AbCdEf"
      secret_status = "active"
    }]
  }
}

mock_resource "aws_elasticache_replication_group" {
  defaults = {
    arn                      = "arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:made"
    primary_endpoint_address = "master.made.abc.euw1.cache.amazonaws.com"
  }
}

mock_resource "aws_service_discovery_private_dns_namespace" {
  defaults = {
    id  = "ns-0123456789abcdef"
    arn = "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-0123456789abcdef"
  }
}

mock_resource "aws_service_discovery_service" {
  defaults = {
    id  = "srv-0123456789abcdef"
    arn = "arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-0123456789abcdef"
  }
}

mock_resource "aws_apigatewayv2_api" {
  defaults = {
    arn           = "arn:aws:apigateway:eu-west-1::/apis/abcdef1234"
    execution_arn = "arn:aws:execute-api:eu-west-1:111122223333:abcdef1234"
    api_endpoint  = "https://abcdef1234.execute-api.eu-west-1.amazonaws.com"
  }
}

mock_resource "aws_appautoscaling_policy" {
  defaults = {
    arn = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:00000000-0000-0000-0000-000000000000:resource/ecs/service/made/made:policyName/made"
  }
}

mock_data "aws_availability_zones" {
  defaults = {
    names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  }
}

mock_data "aws_region" {
  defaults = {
    id   = "eu-west-1"
    name = "eu-west-1"
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "111122223333"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
  }
}

mock_data "aws_lb" {
  defaults = {
    idle_timeout = 60
  }
}

mock_data "aws_vpc" {
  defaults = {
    id         = "vpc-0123456789abcdef0"
    cidr_block = "172.31.0.0/16"
  }
}

mock_data "aws_subnets" {
  defaults = {
    ids = ["subnet-00000000000000001", "subnet-00000000000000002"]
  }
}

mock_data "aws_route_tables" {
  defaults = {
    ids = ["rtb-00000000000000001"]
  }
}

mock_data "aws_elb_service_account" {
  defaults = {
    arn = "arn:aws:iam::156460612806:root"
  }
}

mock_data "aws_secretsmanager_random_password" {
  defaults = {
    random_password = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01"
  }
}
