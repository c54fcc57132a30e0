variable "aurora" {
  description = <<-EOT
    Capacity in ACUs, each about 2 GiB: from `min_capacity` (0 lets it pause) to `max_capacity`, in halves. `seconds_until_auto_pause`, 300 to 86400, counts from the last connection; with a minimum above 0 there is no pause. `readers` are further instances, which follow the writer's capacity. `enable_http_endpoint` is the Data API: needed for the waker's probe without a VPC. `business_hours`: a higher minimum on these `days` (mon to sun) `from` one time `to` a later one, in UTC.
  EOT
  type = object({
    min_capacity             = optional(number, 0)
    max_capacity             = optional(number, 2)
    seconds_until_auto_pause = optional(number, 300)
    readers                  = optional(number, 0)
    enable_http_endpoint     = optional(bool, true)
    business_hours = optional(object({
      days         = optional(list(string), ["mon", "tue", "wed", "thu", "fri"])
      from         = string
      to           = string
      min_capacity = optional(number, 1)
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.aurora.min_capacity >= 0 && var.aurora.min_capacity <= 256 && var.aurora.min_capacity * 2 == floor(var.aurora.min_capacity * 2)
    error_message = "aurora.min_capacity must be from 0 to 256, in steps of a half."
  }

  validation {
    condition     = var.aurora.max_capacity >= 1 && var.aurora.max_capacity <= 256 && var.aurora.max_capacity * 2 == floor(var.aurora.max_capacity * 2) && var.aurora.max_capacity >= var.aurora.min_capacity
    error_message = "aurora.max_capacity must be from 1 to 256, in steps of a half, and not below min_capacity."
  }

  validation {
    condition     = var.aurora.seconds_until_auto_pause >= 300 && var.aurora.seconds_until_auto_pause <= 86400
    error_message = "aurora.seconds_until_auto_pause must be from 300 to 86400."
  }

  validation {
    condition     = var.aurora.readers >= 0 && var.aurora.readers <= 15
    error_message = "aurora.readers must be from 0 to 15."
  }

  validation {
    condition     = var.aurora.business_hours == null || try(length(var.aurora.business_hours.days) > 0 && length(setsubtract(var.aurora.business_hours.days, ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])) == 0, false)
    error_message = "aurora.business_hours.days must hold some of mon, tue, wed, thu, fri, sat and sun."
  }

  validation {
    condition     = var.aurora.business_hours == null || try(alltrue([for time in [var.aurora.business_hours.from, var.aurora.business_hours.to] : can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", time))]) && tonumber(replace(var.aurora.business_hours.from, ":", "")) < tonumber(replace(var.aurora.business_hours.to, ":", "")), false)
    error_message = "aurora.business_hours takes from and a later to, such as 07:00 and 17:00, of the same day in UTC."
  }

  validation {
    condition     = var.aurora.business_hours == null || try(var.aurora.business_hours.min_capacity > var.aurora.min_capacity && var.aurora.business_hours.min_capacity <= var.aurora.max_capacity && var.aurora.business_hours.min_capacity * 2 == floor(var.aurora.business_hours.min_capacity * 2), false)
    error_message = "aurora.business_hours.min_capacity must be above aurora.min_capacity and not above aurora.max_capacity, in steps of a half."
  }
}

variable "instance" {
  description = "The `instance_class`; gp3 storage in GiB, from `allocated_storage` growing by itself up to `max_allocated_storage`; a standby in another zone with `multi_az`, which is stopped with it. `read_replicas` is the number of read replicas: RDS creates none of an instance whose password it manages, so they need `login.password`; and it stops no instance that has one, so the waker must not have `stop_when_idle`."
  type = object({
    instance_class        = optional(string, "db.t4g.micro")
    allocated_storage     = optional(number, 20)
    max_allocated_storage = optional(number, 100)
    multi_az              = optional(bool, false)
    read_replicas         = optional(number, 0)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.instance.instance_class)) && var.instance.instance_class != "db.serverless"
    error_message = "instance.instance_class must be such as db.t4g.micro."
  }

  validation {
    condition     = var.instance.allocated_storage >= 20 && var.instance.allocated_storage <= 65536 && var.instance.max_allocated_storage >= var.instance.allocated_storage
    error_message = "instance.allocated_storage must be from 20 to 65536, and not above max_allocated_storage."
  }

  validation {
    condition     = var.instance.read_replicas >= 0 && var.instance.read_replicas <= 15 && floor(var.instance.read_replicas) == var.instance.read_replicas
    error_message = "instance.read_replicas must be a whole number from 0 to 15."
  }
}

variable "alarms" {
  description = "Alarms to `actions`: CPU above `cpu` percent; more than `connections`; of an instance less than `storage_gib` free; of Aurora `acu_percent` of its capacity. 0 leaves one out. A paused or stopped database has no data, which raises no alarm."
  type = object({
    actions     = optional(list(string), [])
    cpu         = optional(number, 80)
    connections = optional(number, 0)
    storage_gib = optional(number, 5)
    acu_percent = optional(number, 95)
  })
  default = null

  validation {
    condition     = var.alarms == null || try(min(var.alarms.cpu, var.alarms.acu_percent, var.alarms.storage_gib, var.alarms.connections) >= 0 && max(var.alarms.cpu, var.alarms.acu_percent) <= 100, false)
    error_message = "alarms.cpu and alarms.acu_percent must be from 0 to 100, and alarms.storage_gib and alarms.connections not negative."
  }
}
