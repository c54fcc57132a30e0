output "url" {
  description = "The URL for visitors."
  value       = local.url
}

output "status_url" {
  description = "The status URL, which does not wake it."
  value       = "${local.url}/.reveille/status"
}

output "load_balancer_dns_name" {
  description = "The target of the hosts' alias records; null with your load balancer."
  value       = one(module.alb[*].dns_name)
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.cluster.name
}

output "service_name" {
  description = "The ECS service."
  value       = module.service.name
}

output "ecr_repository_url" {
  description = "The repository to push the image to."
  value       = module.ecr.url
}

# From the repository alone, so that it is known before everything else exists.
output "ecr_login" {
  description = "Logs docker in to the repository."
  value       = "aws ecr get-login-password --region ${var.region} | docker login --username AWS --password-stdin ${split("/", module.ecr.url)[0]}"
}

output "cloudwatch_log_group_name" {
  description = "The app's log."
  value       = module.task.log_group_name
}

output "waker_config" {
  description = "The waker's configuration."
  value       = module.waker.config_json
}

output "waker_policy" {
  description = "The waker's policy."
  value       = module.waker.policy_json
}

output "deployment_info" {
  description = "The deployed image."
  value = {
    image    = "${module.ecr.url}:${var.image_tag}"
    size     = var.size
    tasks    = { awake = max(var.desired_count, try(var.autoscaling.min_capacity, 1)), most = try(var.autoscaling.max_capacity, var.desired_count) }
    spot     = var.spot
    database = try(local.database.identifier, var.database_secret_arn)
  }
}

output "cluster_arn" {
  description = "Its ARN."
  value       = module.cluster.arn
}

output "service_arn" {
  description = "Its ARN."
  value       = module.service.arn
}

output "task_definition_arn" {
  description = "The task definition, with its revision."
  value       = module.task.arn
}

output "security_group_id" {
  description = "The tasks' security group, which your database must let in."
  value       = module.service.security_group_id
}

output "target_group_arn" {
  description = "The app's target group."
  value       = module.service.target_group_arn
}

output "alarm_arns" {
  description = "The service's alarms, by name."
  value       = module.service.alarm_arns
}

locals {
  of_service    = "--cluster ${module.cluster.name} --service ${module.service.name}"
  task_network  = "awsvpcConfiguration={subnets=[${join(",", module.network.task_subnet_ids)}],securityGroups=[${module.service.security_group_id}],assignPublicIp=${module.network.assign_public_ip ? "ENABLED" : "DISABLED"}}"
  migration     = jsonencode({ containerOverrides = [{ name = module.task.container_name, command = var.migrate_command }] })
  wake_payload  = jsonencode({ reveille = "wake", environment = "app", wait = true })
  wake_function = module.waker.function_name
}

output "useful_commands" {
  description = "Commands to deploy it and to inspect it."
  value = {
    status   = "curl ${local.url}/.reveille/status"
    wake     = "aws lambda invoke --function-name ${local.wake_function} --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '${local.wake_payload}' /dev/stdout"
    logs     = "aws logs tail ${module.task.log_group_name} --follow"
    waker    = "aws logs tail ${module.waker.log_group_name} --follow"
    events   = "aws ecs describe-services --cluster ${module.cluster.name} --services ${module.service.name} --query 'services[0].events[0:10]'"
    tasks    = "aws ecs list-tasks --cluster ${module.cluster.name} --service-name ${module.service.name}"
    redeploy = "aws ecs update-service ${local.of_service} --force-new-deployment"
    migrate  = "aws ecs run-task --cluster ${module.cluster.name} --task-definition ${module.task.family} --launch-type FARGATE --network-configuration '${local.task_network}' --overrides '${local.migration}'"
    targets  = "aws elbv2 describe-target-health --target-group-arn ${module.service.target_group_arn}"
    export   = "aws logs create-export-task --log-group-name ${module.task.log_group_name} --from $(date -d '7 days ago' +%s)000 --to $(date +%s)000 --destination ${module.logs.name} --destination-prefix ecs"
    shell    = "aws ecs execute-command --cluster ${module.cluster.name} --container ${module.task.container_name} --interactive --command /bin/sh --task TASK"
  }
}
