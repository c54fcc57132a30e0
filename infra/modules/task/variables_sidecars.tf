variable "sidecars" {
  description = <<-EOT
    More containers of the task, by name, such as a proxy, a cache or a log router. They share the task's network, so that the main container reaches them at localhost, and its log group. The fields are ECS's own: `essential`, whether the task ends with it; `cpu`, `memory` and `memory_reservation` of the task's `size`; `dependencies`, like those of the main container; `secrets`, which ECS reads; `firelens_configuration` for a log router (`type` is `fluentbit` or `fluentd`).
    `scratch`: writable folders; one that the main container names too is shared with it.
  EOT
  type = map(object({
    image                    = string
    essential                = optional(bool, true)
    entry_point              = optional(list(string), [])
    command                  = optional(list(string), [])
    environment              = optional(map(string), {})
    secrets                  = optional(map(string), {})
    ports                    = optional(map(number), {})
    cpu                      = optional(number)
    memory                   = optional(number)
    memory_reservation       = optional(number)
    user                     = optional(string)
    readonly_root_filesystem = optional(bool, true)
    scratch                  = optional(set(string), [])
    stop_timeout             = optional(number, 30)
    dependencies             = optional(map(string), {})
    health_check = optional(object({
      command      = list(string)
      interval     = optional(number, 5)
      timeout      = optional(number, 3)
      retries      = optional(number, 6)
      start_period = optional(number, 60)
    }))
    firelens_configuration = optional(object({
      type    = string
      options = optional(map(string), {})
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.sidecars) : can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$", name))])
    error_message = "A sidecar's name must be 1 to 255 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue(flatten([for sidecar in var.sidecars : [for condition in values(sidecar.dependencies) : contains(["START", "COMPLETE", "SUCCESS", "HEALTHY"], condition)]]))
    error_message = "A sidecar's dependencies take START, COMPLETE, SUCCESS or HEALTHY."
  }

  validation {
    condition     = alltrue(flatten([for sidecar in var.sidecars : [for arn in sidecar.secrets : can(regex("^arn:aws[a-z-]*:(secretsmanager:[^:]+:[0-9]{12}:secret:|ssm:[^:]+:[0-9]{12}:parameter/)", arn))]]))
    error_message = "A sidecar's secrets must be ARNs of secrets or of parameters."
  }

  validation {
    condition     = alltrue(flatten([for sidecar in var.sidecars : [for port in sidecar.ports : port >= 1 && port <= 65535]]))
    error_message = "A sidecar's ports must be from 1 to 65535."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : sidecar.stop_timeout >= 2 && sidecar.stop_timeout <= 120])
    error_message = "A sidecar's stop_timeout must be from 2 to 120."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : try(sidecar.memory >= sidecar.memory_reservation, true)])
    error_message = "A sidecar's memory must not be below its memory_reservation."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : sidecar.health_check == null || contains(["CMD", "CMD-SHELL"], try(sidecar.health_check.command[0], ""))])
    error_message = "A sidecar's health_check.command must begin with CMD or CMD-SHELL."
  }

  validation {
    condition     = alltrue(flatten([for sidecar in var.sidecars : [for path in sidecar.scratch : startswith(path, "/") && path != "/"]]))
    error_message = "A sidecar's scratch must hold absolute paths other than /."
  }

  validation {
    condition     = alltrue([for sidecar in var.sidecars : sidecar.firelens_configuration == null || contains(["fluentbit", "fluentd"], try(sidecar.firelens_configuration.type, ""))])
    error_message = "A sidecar's firelens_configuration.type must be fluentbit or fluentd."
  }
}

variable "dependencies" {
  description = "Sidecars that the main container waits for, by name, each with ECS's condition, `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`. It also waits for the init containers of this module."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for condition in values(var.dependencies) : contains(["START", "COMPLETE", "SUCCESS", "HEALTHY"], condition)])
    error_message = "dependencies take START, COMPLETE, SUCCESS or HEALTHY."
  }
}

variable "log_configuration" {
  description = "Another log driver of the main container, in ECS's form, such as `awsfirelens` with a log router among the sidecars; CloudWatch Logs unless set. `secret_options` are ARNs of secrets or parameters. Add the permissions that the task role needs for it to `policies`."
  type = object({
    log_driver     = string
    options        = optional(map(string), {})
    secret_options = optional(map(string), {})
  })
  default = null

  # Fargate's log drivers: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
  validation {
    condition     = var.log_configuration == null || contains(["awsfirelens", "awslogs", "splunk"], try(var.log_configuration.log_driver, ""))
    error_message = "log_configuration.log_driver must be awsfirelens, awslogs or splunk."
  }
}
