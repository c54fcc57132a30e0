# The service. Two resources describe it, of which one is created: what Terraform must ignore depends on the
# deployment controller, and ignore_changes takes no condition.
locals {
  behind         = var.load_balancer != null
  container_name = coalesce(var.container_name, var.name)
  cluster_name   = element(split("/", var.cluster_arn), 1)
  service        = one(concat(aws_ecs_service.rolling, aws_ecs_service.code_deploy))

  # ECS takes weights; at 50 percent both have the same.
  capacity = { for provider, weight in { FARGATE = 100 - var.spot_percent, FARGATE_SPOT = var.spot_percent } : provider => weight if weight > 0 }

  security_group_ids = concat(aws_security_group.this[*].id, var.network.security_group_ids)
  grace_period       = try(coalesce(var.health_check_grace_period_seconds, local.behind ? 120 : null), null)
}

# ECS refuses a target group that is not used by a load balancer: the service comes after its rules.
resource "terraform_data" "rules" {
  input = var.listener_rule_arns
}

resource "aws_ecs_service" "rolling" {
  # checkov:skip=CKV_AWS_333:a task in a public subnet needs a public address to reach AWS; NAT costs money
  # asleep
  count                              = var.deployment.controller == "ECS" ? 1 : 0
  name                               = var.name
  cluster                            = var.cluster_arn
  task_definition                    = var.task_definition_arn
  desired_count                      = var.initial_count
  enable_execute_command             = var.enable_execute_command
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  health_check_grace_period_seconds  = local.grace_period
  deployment_minimum_healthy_percent = var.deployment.minimum_healthy_percent
  deployment_maximum_percent         = var.deployment.maximum_percent
  force_new_deployment               = var.force_new_deployment ? true : null
  triggers                           = length(var.triggers) > 0 ? var.triggers : null
  tags                               = var.tags

  dynamic "capacity_provider_strategy" {
    for_each = local.capacity
    content {
      capacity_provider = capacity_provider_strategy.key
      weight            = capacity_provider_strategy.value
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = var.deployment.rollback
  }

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = local.security_group_ids
    assign_public_ip = var.network.assign_public_ip
  }

  dynamic "load_balancer" {
    for_each = local.behind ? [local.target_group.arn] : []
    content {
      target_group_arn = load_balancer.value
      container_name   = local.container_name
      container_port   = var.load_balancer.port
    }
  }

  dynamic "service_registries" {
    for_each = aws_service_discovery_service.this
    content {
      registry_arn = service_registries.value.arn
    }
  }

  lifecycle {
    # Set by the waker and by autoscaling.
    ignore_changes = [desired_count]

    precondition {
      condition     = var.force_new_deployment || length(var.triggers) == 0
      error_message = "triggers need force_new_deployment = true: without it AWS's provider deploys nothing."
    }
    precondition {
      condition     = var.create_security_group || length(var.network.security_group_ids) > 0
      error_message = "Without create_security_group the tasks need network.security_group_ids."
    }
    precondition {
      condition     = !local.behind || try(local.grace_period >= 30, false)
      error_message = "health_check_grace_period_seconds must be at least 30 with a load balancer: it must cover the boot and the database's resume."
    }
  }

  depends_on = [terraform_data.rules]
}

resource "aws_ecs_service" "code_deploy" {
  # checkov:skip=CKV_AWS_333:a task in a public subnet needs a public address to reach AWS; NAT costs money
  # asleep
  count                             = var.deployment.controller == "CODE_DEPLOY" ? 1 : 0
  name                              = var.name
  cluster                           = var.cluster_arn
  task_definition                   = var.task_definition_arn
  desired_count                     = var.initial_count
  enable_execute_command            = var.enable_execute_command
  enable_ecs_managed_tags           = true
  propagate_tags                    = "SERVICE"
  health_check_grace_period_seconds = local.grace_period
  tags                              = var.tags

  dynamic "capacity_provider_strategy" {
    for_each = local.capacity
    content {
      capacity_provider = capacity_provider_strategy.key
      weight            = capacity_provider_strategy.value
    }
  }

  deployment_controller {
    type = "CODE_DEPLOY"
  }

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = local.security_group_ids
    assign_public_ip = var.network.assign_public_ip
  }

  dynamic "load_balancer" {
    for_each = local.behind ? [local.target_group.arn] : []
    content {
      target_group_arn = load_balancer.value
      container_name   = local.container_name
      container_port   = var.load_balancer.port
    }
  }

  lifecycle {
    # CodeDeploy deploys, and swaps the target groups.
    ignore_changes = [desired_count, task_definition, load_balancer, capacity_provider_strategy]

    precondition {
      condition     = local.behind
      error_message = "CodeDeploy needs a load balancer to shift."
    }
    precondition {
      condition     = !var.force_new_deployment && length(var.triggers) == 0
      error_message = "With CodeDeploy a new deployment is CodeDeploy's: force_new_deployment and triggers are for rolling ones."
    }
    precondition {
      condition     = var.create_security_group || length(var.network.security_group_ids) > 0
      error_message = "Without create_security_group the tasks need network.security_group_ids."
    }
    precondition {
      condition     = var.discovery == null
      error_message = "CodeDeploy's services are found by their load balancer; discovery is for rolling ones."
    }
  }

  depends_on = [terraform_data.rules]
}

resource "aws_service_discovery_service" "this" {
  count = var.discovery == null ? 0 : 1
  name  = coalesce(var.discovery.name, var.name)
  tags  = var.tags
  # Here, where AWS now expects it, and below, where the provider still does.
  namespace_id = var.discovery.namespace_id

  # ECS reports a task's health to Cloud Map; the number is always 1, and provider 6 still accepts it.
  health_check_custom_config {
    failure_threshold = 1
  }

  dns_config {
    namespace_id   = var.discovery.namespace_id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = var.discovery.ttl_seconds
    }
  }
}
