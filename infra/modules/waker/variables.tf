variable "name" {
  description = "Name of the function, and the beginning of other names. A name of another function gives a second waker."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,50}[a-z0-9]$", var.name))
    error_message = "The waker's name must be 2 to 52 lower-case letters, digits and hyphens, beginning with a letter: EventBridge has 64 characters for what is named after it."
  }
}

variable "package" {
  description = "The function's zip, as `infra/release/build` creates it: a `file`, or an object in S3 (`s3_bucket`, `s3_key` and, for a bucket with versions, `s3_object_version`)."
  type = object({
    file              = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.package.file == null) != (var.package.s3_bucket == null)
    error_message = "package must hold either a file or an object in S3."
  }

  validation {
    condition     = (var.package.s3_bucket == null) == (var.package.s3_key == null)
    error_message = "package.s3_bucket and package.s3_key go together."
  }

  validation {
    condition     = var.package.s3_object_version == null || var.package.s3_key != null
    error_message = "package.s3_object_version needs package.s3_key."
  }
}

variable "cpu_architecture" {
  description = "The processor that the zip was built for: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "memory_size" {
  description = "The function's memory in MB, 128 to 10240. CPU comes in proportion."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_size >= 128 && var.memory_size <= 10240 && floor(var.memory_size) == var.memory_size
    error_message = "memory_size must be a whole number from 128 to 10240."
  }
}

variable "reserved_concurrent_executions" {
  description = "The function's reserved concurrency: the limit of concurrent requests, which is also reserved for it; -1 for no limit. Each held visitor takes one, and a visitor beyond the limit gets 502, so keep it well above the number of simultaneous visitors. Set it if strangers can reach the load balancer; 20 suits a team. Each instance reads an environment's status from AWS at most once a second, in about four calls to the load balancer's API, which allows 40 at once and 10 a second in the long run. So strangers who poll the status cause at most 80 calls a second for one environment, beside which a wake still succeeds; without a limit it is as many instances as the account has, and wakes wait. 100 must stay unreserved in the account."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrent_executions == -1 || var.reserved_concurrent_executions >= 2
    error_message = "reserved_concurrent_executions must be -1 or at least 2: one for a visitor and one for the tick."
  }
}

variable "log_level" {
  description = "`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"], var.log_level)
    error_message = "log_level must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL."
  }
}

variable "log_retention_days" {
  description = "How long the function's log is kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs has, such as 7, 30 or 365."
  }
}

variable "kms_key_arn" {
  description = "Your key for the function's variables and its log group, which CloudWatch Logs must be allowed to use. Without one AWS encrypts both with its own."
  type        = string
  default     = null
}

variable "environment_variables" {
  description = "More variables for the function, such as `AWS_ENDPOINT_URL` for a local AWS."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.environment_variables), ["WAKER_CONFIG", "WAKER_CONFIG_FILE"])) == 0
    error_message = "WAKER_CONFIG and WAKER_CONFIG_FILE are set by this module."
  }
}

variable "config_layer" {
  description = "For a configuration above 4 KB, Lambda's limit for variables: `arn` of a layer version that holds `config_json` as a file, and the `file`'s path in the function. The README shows how to create it."
  type = object({
    arn  = string
    file = optional(string, "/opt/reveille/waker.json")
  })
  default = null

  validation {
    condition     = var.config_layer == null || try(startswith(var.config_layer.file, "/opt/"), false)
    error_message = "config_layer.file must be below /opt, where Lambda puts layers."
  }
}

variable "vpc" {
  description = <<-EOT
    Attaches the function to a VPC, which a connect probe needs. The subnets must reach AWS's APIs: by NAT, or by endpoints for ecs, elasticloadbalancing, rds, monitoring, logs and the other services in use. Both cost money while everything sleeps; the Data API needs neither.
    `security_group_ids`: more groups of yours, or all of them if `create_security_group` is false. The created group lets the function connect to `https_cidrs` by HTTPS, everywhere unless set, because AWS has many addresses: with endpoints in the VPC, the VPC's block is enough. The databases that it probes must be in `database_cidrs`, the VPC's first block unless set.
  EOT
  type = object({
    id                    = string
    subnet_ids            = list(string)
    security_group_ids    = optional(list(string), [])
    create_security_group = optional(bool, true)
    https_cidrs           = optional(list(string), ["0.0.0.0/0"])
    database_cidrs        = optional(list(string))
  })
  default = null

  validation {
    condition     = var.vpc == null || try(length(var.vpc.subnet_ids) > 0, false)
    error_message = "vpc.subnet_ids must not be empty."
  }

  validation {
    condition     = var.vpc == null || try(var.vpc.create_security_group || length(var.vpc.security_group_ids) > 0, false)
    error_message = "Without vpc.create_security_group the function needs vpc.security_group_ids."
  }

  validation {
    condition     = alltrue([for cidr in concat(try(var.vpc.https_cidrs, []), coalesce(try(var.vpc.database_cidrs, null), [])) : can(cidrnetmask(cidr))])
    error_message = "vpc.https_cidrs and vpc.database_cidrs must hold IPv4 blocks."
  }
}

variable "cognito_user_pool_arns" {
  description = "The user pools of `authenticate-cognito` actions in front of a route's forward. Writing such a rule, even unchanged, needs `cognito-idp:DescribeUserPoolClient` on its user pool: without it the route cannot be turned."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.cognito_user_pool_arns : can(regex("^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+$", arn))])
    error_message = "cognito_user_pool_arns must hold ARNs such as arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI."
  }
}

variable "tick" {
  description = "The schedule of the ticks, in EventBridge Scheduler's format. Without ticks, no environment falls asleep and none is repaired."
  type = object({
    enabled    = optional(bool, true)
    expression = optional(string, "rate(1 minute)")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^(rate\\([1-9][0-9]* (minute|hour|day)s?\\)|cron\\([^()]+\\))$", var.tick.expression))
    error_message = "tick.expression must be rate(...) or cron(...)."
  }
}

variable "events" {
  description = "Whether a stopped task, or a problem that ECS reports for a service, invokes the function at once instead of at the next tick."
  type        = bool
  default     = true
  nullable    = false
}

variable "event_pattern_quota" {
  description = "The maximum length of an event pattern: EventBridge's quota, 2048 characters unless you have had it raised, and at most 4096, the provider's limit. If the services' names do not fit, the pattern matches all events of their clusters."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = var.event_pattern_quota >= 256 && var.event_pattern_quota <= 4096
    error_message = "event_pattern_quota must be from 256 to 4096."
  }
}

variable "alarms" {
  description = "Alarms for failed wakes: errors in the log, failed and throttled invocations, invocations near the time-out. `actions` are the ARNs to notify, such as an SNS topic's."
  type = object({
    actions = optional(list(string), [])
  })
  default = null
}

variable "dashboard" {
  description = "Whether to create a CloudWatch dashboard; the account's first three are free."
  type        = bool
  default     = false
  nullable    = false
}

variable "check_load_balancers" {
  description = "Whether the plan reads each environment's load balancer and warns if its idle time-out would cut a hold. It needs permission to describe load balancers, their attributes and their tags."
  type        = bool
  default     = true
  nullable    = false
}

variable "account_concurrency" {
  description = "The account's concurrent executions in the region, as `aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions` prints it. A new account begins with as few as 10: ten held clients use them up, and visitors and ticks are refused. If it is set, the plan warns below 100, and refuses a `reserved_concurrent_executions` that does not leave 100 to the other functions, which AWS would refuse in the middle of the apply."
  type        = number
  default     = null

  validation {
    condition     = var.account_concurrency == null || try(var.account_concurrency >= 1 && floor(var.account_concurrency) == var.account_concurrency, false)
    error_message = "account_concurrency must be a whole number, such as 1000."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
