# How long a client is held, and what would answer it earlier than the waker.
locals {
  # The function's values, with its own defaults: `extra` replaces the environment's fields.
  holds = {
    for name, environment in var.environments : name => {
      seconds      = try(tonumber(var.extra[name].hold_seconds), coalesce(environment.hold_seconds, 25))
      idle_timeout = try(tonumber(var.extra[name].idle_timeout_seconds), coalesce(environment.idle_timeout_seconds, 60))
      behind       = environment.behind
    }
  }

  # The function's time-out must exceed the longest hold by a margin for the answer, and a tick over every
  # environment takes about as long as AWS's APIs; 900 is Lambda's limit.
  longest_hold    = max(25, [for hold in local.holds : hold.seconds]...)
  needed_seconds  = max(60, local.longest_hold + 30)
  timeout_seconds = min(900, local.needed_seconds)
}

# Not in the checks: Terraform would read a data source in a check at every apply again, so that no plan would
# be empty. One for each environment, because listener ARNs that are not yet known cannot be compared. A load
# balancer that is created in the same apply is read during it, and the checks wait for that.
data "aws_lb" "of" {
  for_each = var.check_load_balancers ? var.environments : {}
  # A listener's ARN is its load balancer's with one more part.
  arn = replace(each.value.listener_arn, "/^(.*):listener/(app/[^/]+/[^/]+)/.*$/", "$1:loadbalancer/$2")
}

check "load_balancer_idle_timeout" {
  assert {
    condition = alltrue([
      for name, load_balancer in data.aws_lb.of :
      local.holds[name].seconds == 0 || load_balancer.idle_timeout >= local.holds[name].seconds + 5
    ])
    error_message = "The load balancer answers 504 before a held request has its answer. Its idle time-out must be at least 5 s longer than hold_seconds. ${join("; ", [
      for name, load_balancer in data.aws_lb.of : "${name}: hold_seconds ${local.holds[name].seconds}, idle time-out ${load_balancer.idle_timeout} s"
      if local.holds[name].seconds > 0 && load_balancer.idle_timeout < local.holds[name].seconds + 5
    ])}."
  }
}

check "idle_timeout_seconds" {
  assert {
    condition = alltrue([for name, load_balancer in data.aws_lb.of : load_balancer.idle_timeout == local.holds[name].idle_timeout])
    error_message = "idle_timeout_seconds is not the load balancer's idle time-out. ${join("; ", [
      for name, load_balancer in data.aws_lb.of : "${name}: idle_timeout_seconds ${local.holds[name].idle_timeout}, idle time-out ${load_balancer.idle_timeout} s"
      if load_balancer.idle_timeout != local.holds[name].idle_timeout
    ])}."
  }
}

check "hold_behind_gateway" {
  assert {
    condition = alltrue([for hold in local.holds : hold.behind == "load_balancer" || hold.seconds <= 25])
    error_message = "CloudFront waits 30 s for an answer and API Gateway 29 s. A request whose Via header names one of them is held for 25 s at most, so a hold_seconds above 25 has no effect for it. ${join("; ", [
      for name, hold in local.holds : "${name}: hold_seconds ${hold.seconds}, behind ${hold.behind}"
      if hold.behind != "load_balancer" && hold.seconds > 25
    ])}."
  }
}

# `hold_seconds` of an environment ends at 840, which always fits; `extra` has no such limit.
check "function_timeout" {
  assert {
    condition     = local.needed_seconds <= local.timeout_seconds
    error_message = "A hold of ${local.longest_hold} s and its answer need a function that runs for ${local.needed_seconds} s, and Lambda ends it after 900 s. hold_seconds is 840 at most."
  }
}
