variable "autoscaling" {
  description = <<-EOT
    Scaling while awake, from `min_capacity` to `max_capacity` tasks: the waker suspends it while the service sleeps. With a `min_capacity` of 0 a policy may remove the last task while it is used. The `count` of its service in the waker's configuration should not be below `min_capacity`.
    `by` is `target` (target tracking) or `step` (one task more or fewer when a value is beyond its limit for `out_periods` or `in_periods` minutes). Cooldowns in seconds. `cpu` and `memory` in percent, `requests` by task and minute (with `target` only), `custom` any metric of yours, always by target tracking.
    `idle_minutes`, with a `min_capacity` of 0, creates an alarm that sets the count to 0 after so long without a request. It does not consider open connections, protected tasks and keep-awake hours, as the waker does: leave it out with the waker.
  EOT
  type = object({
    min_capacity       = optional(number, 1)
    max_capacity       = number
    by                 = optional(string, "target")
    cpu                = optional(number)
    memory             = optional(number)
    requests           = optional(number)
    scale_out_cooldown = optional(number, 60)
    scale_in_cooldown  = optional(number, 300)
    out_periods        = optional(number, 2)
    in_periods         = optional(number, 5)
    idle_minutes       = optional(number)
    custom = optional(map(object({
      namespace    = string
      metric_name  = string
      dimensions   = optional(map(string), {})
      statistic    = optional(string, "Average")
      target_value = number
    })), {})
  })
  default = null

  validation {
    condition     = var.autoscaling == null || try(var.autoscaling.min_capacity == 0 || var.autoscaling.idle_minutes == null, false)
    error_message = "autoscaling.idle_minutes needs a min_capacity of 0: the alarm cannot go below it."
  }

  validation {
    condition     = var.autoscaling == null || try(var.autoscaling.min_capacity >= 0 && var.autoscaling.max_capacity >= max(1, var.autoscaling.min_capacity), false)
    error_message = "autoscaling.max_capacity must be at least 1 and not below min_capacity."
  }

  validation {
    condition     = var.autoscaling == null || contains(["target", "step"], try(var.autoscaling.by, ""))
    error_message = "autoscaling.by must be target or step."
  }

  validation {
    condition     = var.autoscaling == null || alltrue([for percent in [try(var.autoscaling.cpu, null), try(var.autoscaling.memory, null)] : try(percent >= 1 && percent <= 100, percent == null)])
    error_message = "autoscaling.cpu and autoscaling.memory must be from 1 to 100."
  }

  validation {
    condition     = var.autoscaling == null || try(var.autoscaling.by == "target" || var.autoscaling.requests == null, false)
    error_message = "autoscaling by step takes cpu and memory, not requests."
  }

  validation {
    condition     = var.autoscaling == null || try(var.autoscaling.idle_minutes >= 1 && var.autoscaling.idle_minutes <= 1440, try(var.autoscaling.idle_minutes, null) == null)
    error_message = "autoscaling.idle_minutes must be from 1 to 1440."
  }
}

variable "alarms" {
  description = "Alarms to `actions`, such as an SNS topic's ARN: `cpu` and `memory` above so many percent, fewer tasks than desired for `missing_minutes` (needs Container Insights; a sleeping service raises no alarm), and with a load balancer more than `errors` 5xx of the app in five minutes. 0 leaves one out."
  type = object({
    actions         = optional(list(string), [])
    cpu             = optional(number, 80)
    memory          = optional(number, 80)
    missing_minutes = optional(number, 10)
    errors          = optional(number, 10)
  })
  default = null

  validation {
    condition     = var.alarms == null || try(min(var.alarms.cpu, var.alarms.memory) >= 0 && max(var.alarms.cpu, var.alarms.memory) <= 100, false)
    error_message = "alarms.cpu and alarms.memory must be from 0 to 100."
  }

  validation {
    condition     = var.alarms == null || try(min(var.alarms.missing_minutes, var.alarms.errors) >= 0, false)
    error_message = "alarms.missing_minutes and alarms.errors must not be negative."
  }
}
