output "alb_dns_name" {
  description = "The load balancer's name, for a CNAME or alias record."
  value       = module.alb.dns_name
}

output "url" {
  description = "Safebucket's URL."
  value       = local.base_url
}

output "mailpit_url" {
  description = "Mailpit's URL, while the environment is awake."
  value       = "${local.base_url}:8025"
}

output "ecs_cluster_name" {
  description = "The ECS cluster."
  value       = module.cluster.name
}

output "ecs_cluster_arn" {
  description = "Its ARN."
  value       = module.cluster.arn
}

output "ecs_service_names" {
  description = "The three services."
  value       = [module.safebucket.name, module.loki.name, module.mailpit.name]
}

output "s3_bucket_name" {
  description = "The bucket for files."
  value       = module.storage.name
}

output "s3_bucket_arn" {
  description = "Its ARN."
  value       = module.storage.arn
}

output "s3_bucket_domain_name" {
  description = "Its name in DNS."
  value       = module.storage.domain_name
}

output "rds_endpoint" {
  description = "The database's address and port, `host:port`."
  value       = "${module.database.host}:${module.database.port}"
}

output "rds_address" {
  description = "The database's address alone."
  value       = module.database.host
}

output "rds_port" {
  description = "The database's port."
  value       = module.database.port
}

output "rds_database_name" {
  description = "The database's name."
  value       = module.database.name
}

output "rds_instance_id" {
  description = "The instance's identifier."
  value       = module.database.identifier
}

output "rds_secret_arn" {
  description = "The secret with the database's login."
  value       = module.database.secret_arn
}

output "rds_security_group_id" {
  description = "The database's security group."
  value       = module.database.security_group_id
}

output "redis_endpoint" {
  description = "The cache's address."
  value       = module.cache.host
}

output "redis_port" {
  description = "The cache's port."
  value       = module.cache.port
}

output "redis_user_group_id" {
  description = "The cache's group of users."
  value       = module.cache.user_group_id
}

output "redis_app_user_id" {
  description = "The app's user."
  value       = module.cache.user_id
}

output "redis_security_group_id" {
  description = "The cache's security group."
  value       = module.cache.security_group_id
}

output "sqs_s3_events_queue_url" {
  description = "The queue of the bucket's events."
  value       = module.events.url
}

output "sqs_notifications_queue_url" {
  description = "The queue of notifications."
  value       = module.notifications.url
}

output "iam_role_arn" {
  description = "Safebucket's task role."
  value       = module.safebucket_task.task_role.arn
}

output "instance_profile_name" {
  description = "For Safebucket on EC2 instead: null unless `ec2` asks for it."
  value       = one(aws_iam_instance_profile.ec2[*].name)
}

output "redis_secret_arn" {
  description = "The secret with the cache's login, or null."
  value       = module.cache.secret_arn
}

output "log_group_names" {
  description = "The log groups of the three services, PostgreSQL and Redis."
  value       = concat([module.safebucket_task.log_group_name, module.loki_task.log_group_name, module.mailpit_task.log_group_name], module.database.log_group_names, [module.cache.log_group_name])
}

output "loki_url" {
  description = "Loki's URL for Safebucket."
  value       = local.loki_url
}

output "internal_alb_dns_name" {
  description = "The internal load balancer's name, or null."
  value       = one(module.internal_alb[*].dns_name)
}

output "waker_function_name" {
  description = "The waker's function, for commands such as a wake before an apply."
  value       = module.waker.function_name
}

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}

output "infrastructure_summary" {
  description = "A summary of the infrastructure."
  value = {
    url      = local.base_url
    cluster  = module.cluster.name
    bucket   = module.storage.name
    database = module.database.identifier
    cache    = module.cache.host
    queues   = { events = module.events.name, notifications = module.notifications.name }
    logs     = [module.safebucket_task.log_group_name, module.loki_task.log_group_name, module.mailpit_task.log_group_name]
    kept     = { deletion_protection = module.database.deletion_protection, rds = module.database.final_snapshot_identifier, redis = module.cache.final_snapshot_identifier }
  }
}

output "useful_commands" {
  description = "Commands to inspect it while it is awake, and to wake it."
  value = {
    wake   = "aws lambda invoke --function-name ${module.waker.function_name} --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '{\"reveille\": \"wake\", \"environment\": \"app\", \"wait\": true}' /dev/stdout"
    events = "aws ecs describe-services --cluster ${module.cluster.name} --services ${module.safebucket.name} --query 'services[0].events[:10]'"
    logs   = "aws logs tail ${module.safebucket_task.log_group_name} --follow"
    shell  = "aws ecs execute-command --cluster ${module.cluster.name} --task TASK --container ${module.safebucket_task.container_name} --interactive --command /bin/sh"
  }
}
