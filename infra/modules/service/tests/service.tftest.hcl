mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name                = "web"
  cluster_arn         = "arn:aws:ecs:eu-west-1:111122223333:cluster/staging"
  task_definition_arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1"
  network             = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], assign_public_ip = true }
  load_balancer = {
    port              = 8080
    security_group_id = "sg-00000000000000001"
    arn_suffix        = "app/alb/1"
  }
  listener_rule_arns = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/anchor"]
}

run "made_asleep_behind_a_load_balancer" {
  assert {
    condition     = aws_ecs_service.rolling[0].desired_count == 0 && length(aws_ecs_service.code_deploy) == 0
    error_message = "It begins asleep."
  }
  assert {
    condition     = one(aws_ecs_service.rolling[0].load_balancer).target_group_arn == aws_lb_target_group.app[0].arn && one(aws_ecs_service.rolling[0].load_balancer).container_name == "web" && one(aws_ecs_service.rolling[0].load_balancer).container_port == 8080
    error_message = "Its tasks are registered with its target group."
  }
  assert {
    condition     = terraform_data.rules.output == tolist(["arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/anchor"])
    error_message = "It waits for the rule that uses the target group."
  }
  assert {
    condition     = one(aws_ecs_service.rolling[0].deployment_circuit_breaker).enable && one(aws_ecs_service.rolling[0].deployment_circuit_breaker).rollback && aws_ecs_service.rolling[0].health_check_grace_period_seconds == 120
    error_message = "A deployment that fails goes back."
  }
  assert {
    condition     = one(aws_ecs_service.rolling[0].capacity_provider_strategy).capacity_provider == "FARGATE"
    error_message = "On Fargate."
  }
  assert {
    condition     = aws_lb_target_group.app[0].target_type == "ip" && one(aws_lb_target_group.app[0].health_check).interval == 5 && one(aws_lb_target_group.app[0].health_check).timeout == 3 && one(aws_lb_target_group.app[0].health_check).unhealthy_threshold == 6
    error_message = "A target group for addresses, which is looked at often."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.load_balancer[0].referenced_security_group_id == "sg-00000000000000001" && aws_vpc_security_group_ingress_rule.load_balancer[0].from_port == 8080 && length(aws_vpc_security_group_ingress_rule.more) == 0
    error_message = "Only the load balancer may connect."
  }
  assert {
    condition     = length(aws_appautoscaling_target.this) + length(aws_cloudwatch_metric_alarm.service) + length(aws_service_discovery_service.this) == 0
    error_message = "Nothing more unless asked for."
  }
}

# As after a wake: the waker's count stays.
run "another_count_changes_nothing" {
  command = plan
  variables {
    initial_count = 3
  }
  assert {
    condition     = aws_ecs_service.rolling[0].desired_count == 0
    error_message = "The count of a service that is there is the waker's."
  }
}

run "without_a_load_balancer" {
  variables {
    name                   = "loki"
    load_balancer          = null
    discovery              = { namespace_id = "ns-1" }
    ingress                = { web = { port = 3100, security_group_id = "sg-2" }, office = { port = 3100, cidr = "10.1.0.0/16" } }
    egress                 = { https = { cidr = "0.0.0.0/0", from_port = 443, to_port = 443 } }
    spot_percent           = 75
    enable_execute_command = true
    force_new_deployment   = true
    triggers               = { redeployment = "2" }
    deployment             = { minimum_healthy_percent = 0, maximum_percent = 100, rollback = false }
  }
  assert {
    condition     = length(aws_lb_target_group.app) == 0 && length(aws_ecs_service.rolling[0].load_balancer) == 0 && output.target_group_arn == null
    error_message = "No target group."
  }
  assert {
    condition     = output.discovery_name == "loki" && length(aws_ecs_service.rolling[0].service_registries) == 1
    error_message = "Others find it by name."
  }
  assert {
    condition     = { for strategy in aws_ecs_service.rolling[0].capacity_provider_strategy : strategy.capacity_provider => strategy.weight } == { FARGATE = 25, FARGATE_SPOT = 75 }
    error_message = "Three of four on Spot."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.more["web"].referenced_security_group_id == "sg-2" && aws_vpc_security_group_ingress_rule.more["office"].cidr_ipv4 == "10.1.0.0/16" && length(aws_vpc_security_group_egress_rule.everywhere) == 0 && length(aws_vpc_security_group_egress_rule.some) == 1
    error_message = "In and out as given."
  }
  assert {
    condition     = aws_ecs_service.rolling[0].force_new_deployment && aws_ecs_service.rolling[0].triggers == tomap({ redeployment = "2" }) && aws_ecs_service.rolling[0].enable_execute_command
    error_message = "Deployed anew by the trigger."
  }
}

run "by_code_deploy" {
  variables {
    name       = "green"
    deployment = { controller = "CODE_DEPLOY" }
  }
  assert {
    condition     = one(aws_ecs_service.code_deploy[0].deployment_controller).type == "CODE_DEPLOY" && length(aws_ecs_service.rolling) == 0 && output.name == "green"
    error_message = "The other resource."
  }
}

run "scaling_by_targets" {
  variables {
    name        = "targets"
    autoscaling = { max_capacity = 4, cpu = 70, memory = 80, requests = 1000, custom = { queue = { namespace = "App", metric_name = "Waiting", dimensions = { Queue = "a" }, target_value = 10 } } }
  }
  assert {
    condition     = aws_appautoscaling_target.this[0].min_capacity == 1 && aws_appautoscaling_target.this[0].max_capacity == 4 && aws_appautoscaling_target.this[0].resource_id == "service/staging/targets"
    error_message = "From 0 to 4."
  }
  assert {
    condition     = keys(aws_appautoscaling_policy.target) == ["ALBRequestCountPerTarget", "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"] && keys(aws_appautoscaling_policy.custom) == ["queue"] && length(aws_appautoscaling_policy.step) == 0
    error_message = "Four policies."
  }
  assert {
    condition     = one(one(aws_appautoscaling_policy.target["ALBRequestCountPerTarget"].target_tracking_scaling_policy_configuration).predefined_metric_specification).resource_label == "app/alb/1/targetgroup/made/3333333333333333"
    error_message = "Requests of this target group behind this load balancer."
  }
}

run "scaling_by_steps" {
  variables {
    name        = "steps"
    autoscaling = { max_capacity = 10, by = "step", cpu = 70, memory = 80, scale_in_cooldown = 600, scale_out_cooldown = 300 }
  }
  assert {
    condition     = length(aws_appautoscaling_policy.step) == 4 && length(aws_appautoscaling_policy.target) == 0
    error_message = "A policy for each metric and direction."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.step["CPUUtilization-out"].evaluation_periods == 2 && aws_cloudwatch_metric_alarm.step["CPUUtilization-in"].evaluation_periods == 5 && aws_cloudwatch_metric_alarm.step["MemoryUtilization-in"].threshold == 80
    error_message = "Up after two periods, down after five."
  }
  assert {
    condition     = one(one(aws_appautoscaling_policy.step["CPUUtilization-in"].step_scaling_policy_configuration).step_adjustment).scaling_adjustment == -1
    error_message = "One task less."
  }
}

run "an_idle_alarm" {
  variables {
    name        = "idle"
    autoscaling = { min_capacity = 0, max_capacity = 2, idle_minutes = 30 }
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.idle[0].evaluation_periods == 30 && aws_cloudwatch_metric_alarm.idle[0].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.idle[0].alarm_actions == toset([aws_appautoscaling_policy.idle[0].arn])
    error_message = "No data is no traffic, and that is what it waits for."
  }
  assert {
    condition     = one(aws_appautoscaling_policy.idle[0].step_scaling_policy_configuration).adjustment_type == "ExactCapacity" && one(one(aws_appautoscaling_policy.idle[0].step_scaling_policy_configuration).step_adjustment).scaling_adjustment == 0
    error_message = "To exactly 0."
  }
}

run "alarms" {
  variables {
    name   = "alarms"
    alarms = { actions = ["arn:aws:sns:eu-west-1:111122223333:alarms"] }
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.service) == ["cpu", "errors", "memory"] && alltrue([for alarm in aws_cloudwatch_metric_alarm.service : alarm.treat_missing_data == "notBreaching"])
    error_message = "Asleep there is no data, which is no alarm."
  }
  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.missing[0].metric_query : query.expression if query.id == "missing"]) == "desired - running"
    error_message = "A sleeping service misses no task."
  }
}

run "fewer_alarms" {
  variables {
    name          = "fewer"
    load_balancer = null
    alarms        = { cpu = 0, missing_minutes = 0 }
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.service) == ["memory"] && length(aws_cloudwatch_metric_alarm.missing) == 0
    error_message = "0 leaves one out, and without a load balancer there are no answers."
  }
}

run "another_port_is_another_target_group" {
  variables {
    name          = "web"
    load_balancer = merge(var.load_balancer, { port = 8081 })
  }
  assert {
    condition     = can(regex("^web-[0-9a-f]{7}$", aws_lb_target_group.app[0].name)) && aws_lb_target_group.app[0].name != run.made_asleep_behind_a_load_balancer.target_group_name
    error_message = "The new one is made while the old one is in use, so it needs another name."
  }
}

run "tasks_that_speak_tls" {
  variables {
    name          = "tls"
    load_balancer = merge(var.load_balancer, { protocol = "HTTPS", health_check = { path = "/health", matcher = "200" } })
  }
  assert {
    condition     = aws_lb_target_group.app[0].protocol == "HTTPS" && one(aws_lb_target_group.app[0].health_check).protocol == "HTTPS" && one(aws_lb_target_group.app[0].health_check).path == "/health"
    error_message = "Visitors and health checks by HTTPS."
  }
}

run "a_long_name" {
  variables {
    name = "n8n-automation-staging-of-the-platform-team"
  }
  assert {
    condition     = length(aws_lb_target_group.app[0].name) <= 32 && startswith(aws_lb_target_group.app[0].name, "n8n-automation-staging-o") && aws_ecs_service.rolling[0].name == "n8n-automation-staging-of-the-platform-team"
    error_message = "The target group's name is cut, the service's is not."
  }
}

run "a_target_group_and_groups_that_are_there_already" {
  variables {
    name                  = "adopted"
    create_security_group = false
    network               = { vpc_id = "vpc-1", subnet_ids = ["subnet-1"], security_group_ids = ["sg-mine"] }
    load_balancer         = { port = 8080, create_target_group = false, target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/mine/0123456789abcdef", arn_suffix = "app/alb/1" }
    autoscaling           = { max_capacity = 2, requests = 10 }
    alarms                = {}
  }
  assert {
    condition     = length(aws_lb_target_group.app) + length(aws_security_group.this) + length(aws_vpc_security_group_ingress_rule.load_balancer) + length(aws_vpc_security_group_egress_rule.everywhere) == 0
    error_message = "Neither is made."
  }
  assert {
    condition     = one(aws_ecs_service.rolling[0].load_balancer).target_group_arn == "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/mine/0123456789abcdef" && one(aws_ecs_service.rolling[0].network_configuration).security_groups == toset(["sg-mine"])
    error_message = "The service takes both."
  }
  assert {
    condition     = one(one(aws_appautoscaling_policy.target["ALBRequestCountPerTarget"].target_tracking_scaling_policy_configuration).predefined_metric_specification).resource_label == "app/alb/1/targetgroup/mine/0123456789abcdef" && aws_cloudwatch_metric_alarm.service["errors"].dimensions.TargetGroup == "targetgroup/mine/0123456789abcdef"
    error_message = "Scaling and alarms look at it."
  }
  assert {
    condition     = output.target_group_arn == "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/mine/0123456789abcdef" && output.security_group_id == "sg-mine"
    error_message = "The outputs name them."
  }
}

run "a_grace_period_for_the_containers_own_check" {
  variables {
    name                              = "worker"
    load_balancer                     = null
    health_check_grace_period_seconds = 300
  }
  assert {
    condition     = aws_ecs_service.rolling[0].health_check_grace_period_seconds == 300
    error_message = "As given."
  }
}
