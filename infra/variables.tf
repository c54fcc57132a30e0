# Written by infra/root from modules/waker.

variable "extra" {
  description = "More fields of the waker's configuration, by environment, as in `waker/docs/configuration.md`: they are added to the JSON unchanged, and replace those of `environments`."
  type        = any
  default     = {}
  nullable    = false
}

variable "name" {
  description = "Name of the function, and the beginning of other names. A name of another function gives a second waker."
  type        = string
  nullable    = false
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
}

variable "cpu_architecture" {
  description = "The processor that the zip was built for: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false
}

variable "memory_size" {
  description = "The function's memory in MB, 128 to 10240. CPU comes in proportion."
  type        = number
  default     = 256
  nullable    = false
}

variable "reserved_concurrent_executions" {
  description = "The function's reserved concurrency: the limit of concurrent requests, which is also reserved for it; -1 for no limit. Each held visitor takes one, and a visitor beyond the limit gets 502, so keep it well above the number of simultaneous visitors. Set it if strangers can reach the load balancer; 20 suits a team. Each instance reads an environment's status from AWS at most once a second, in about four calls to the load balancer's API, which allows 40 at once and 10 a second in the long run. So strangers who poll the status cause at most 80 calls a second for one environment, beside which a wake still succeeds; without a limit it is as many instances as the account has, and wakes wait. 100 must stay unreserved in the account."
  type        = number
  default     = -1
  nullable    = false
}

variable "log_level" {
  description = "`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`."
  type        = string
  default     = "INFO"
  nullable    = false
}

variable "log_retention_days" {
  description = "How long the function's log is kept."
  type        = number
  default     = 30
  nullable    = false
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
}

variable "config_layer" {
  description = "For a configuration above 4 KB, Lambda's limit for variables: `arn` of a layer version that holds `config_json` as a file, and the `file`'s path in the function. The README shows how to create it."
  type = object({
    arn  = string
    file = optional(string, "/opt/reveille/waker.json")
  })
  default = null
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
}

variable "cognito_user_pool_arns" {
  description = "The user pools of `authenticate-cognito` actions in front of a route's forward. Writing such a rule, even unchanged, needs `cognito-idp:DescribeUserPoolClient` on its user pool: without it the route cannot be turned."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "tick" {
  description = "The schedule of the ticks, in EventBridge Scheduler's format. Without ticks, no environment falls asleep and none is repaired."
  type = object({
    enabled    = optional(bool, true)
    expression = optional(string, "rate(1 minute)")
  })
  default  = {}
  nullable = false
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
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "authenticate" {
  description = <<-EOT
    A login at the load balancer, by environment: `oidc` or `cognito`, with AWS's own argument names. It precedes the status rule, so that reading the status and asking for a wake need it, and the route's forward when the route is created. Afterwards the waker owns the route's actions and keeps the login unchanged: change it there by hand as well. The listener must be HTTPS.
    `on_unauthenticated_request`: `authenticate`, `deny` or `allow`. The waker gets the permission for Cognito by itself.
  EOT
  type = map(object({
    oidc = optional(object({
      issuer                 = string
      authorization_endpoint = string
      token_endpoint         = string
      user_info_endpoint     = string
      client_id              = string
      client_secret          = string
    }))
    cognito = optional(object({
      user_pool_arn       = string
      user_pool_client_id = string
      user_pool_domain    = string
    }))
    scope                      = optional(string, "openid")
    session_cookie_name        = optional(string, "AWSELBAuthSessionCookie")
    session_timeout            = optional(number, 604800)
    on_unauthenticated_request = optional(string, "authenticate")
  }))
  default  = {}
  nullable = false
}

variable "environments" {
  description = <<-EOT
    The environments, by name: each sleeps and wakes as a whole. Fields that are left out have the waker's own defaults.
    `listener_arn`: the listener for its rules. `priority`: the first of three in a row, for the status, the route and the anchor rule. `hosts`, `paths`: the requests that the route matches; every path if there are no hosts. `start_awake`: whether the route points to the app when it is created; afterwards the waker turns it.
    `app_target_group_arn`: the app's target group, which must be a service's `target_group_arn`. `services`: at least one; `count` is the number of tasks while awake, `after` names services that must be ready first, the environment does not wait for an `optional` one; `scales`: whether a service may have Application Auto Scaling, which the waker then suspends while it sleeps; if none has, the function needs fewer permissions. `arn` is for a service with an old, short ARN, `arn:aws:ecs:REGION:ACCOUNT:service/NAME`.
    `database`: `kind` is `aurora` (a cluster) or `instance`; `connect` probes it (the function must be in its VPC), or `data_api` does, with the secret's key if that is not AWS's own; `stop_when_idle` stops it while asleep.
    `hold_seconds`: how long one request of a client that is not a browser is held during a wake, 0 to 840 seconds, 25 unless set. `hold_rounds`: how often such a client is held during one wake, each time after a 307 to the same address, 1 to 10, 4 unless set; the last redirect leads to the app, and `hold_seconds` times `hold_rounds` is the longest wake that a first call survives. `idle_timeout_seconds`: the load balancer's idle time-out, 1 to 4000 seconds, 60 unless set; `hold_seconds` must be 0 or at least 5 seconds below it. `behind`: what the requests pass through, `load_balancer` unless set, `cloudfront` or `api_gateway`; only for the plan's warning.
    `idle_after_seconds`: 300 to 86400. `min_awake_seconds`: 0 to 86400. `metrics_delay_seconds`: 0 to 900. `websockets`: open connections keep it awake. `schedule`: hours in which it stays awake. `never_sleep`: it stays awake after a wake. `dry_run`: ticks only report what they would do.
    `guard`: who may wake it: `wake` is `request`, `click` or `token`; the token's SHA-256, such as `sha256(var.token)` of a sensitive variable (a token that Terraform creates itself is in its state); networks that may; agents, paths and methods that may not, beside the built-in lists; `wakes_per_hour`: 1 to 14, or 0 for no limit. `theme`: the page's title, message, accent colour, logo as a data URL, and a template's path in the function's file system. `cors`: origins whose scripts may call it.
    `idle_alarm`: an alarm on requests, whose transition causes a tick.
  EOT
  type = map(object({
    listener_arn         = string
    priority             = number
    hosts                = optional(list(string), [])
    paths                = optional(list(string), [])
    start_awake          = optional(bool, false)
    app_target_group_arn = string
    services = list(object({
      cluster_arn      = string
      name             = string
      arn              = optional(string)
      count            = optional(number)
      target_group_arn = optional(string)
      after            = optional(list(string), [])
      optional         = optional(bool)
      scales           = optional(bool, true)
    }))
    database = optional(object({
      kind           = string
      arn            = string
      stop_when_idle = optional(bool)
      connect = optional(object({
        host = string
        port = optional(number)
      }))
      data_api = optional(object({
        secret_arn  = string
        database    = optional(string)
        kms_key_arn = optional(string)
      }))
    }))
    hold_seconds          = optional(number)
    hold_rounds           = optional(number)
    idle_timeout_seconds  = optional(number)
    behind                = optional(string, "load_balancer")
    idle_after_seconds    = optional(number)
    min_awake_seconds     = optional(number)
    metrics_delay_seconds = optional(number)
    websockets            = optional(bool)
    schedule = optional(list(object({
      days      = list(string)
      from      = string
      to        = string
      time_zone = string
    })))
    never_sleep = optional(bool)
    dry_run     = optional(bool)
    guard = optional(object({
      wake           = optional(string)
      token_sha256   = optional(string)
      networks       = optional(list(string))
      refuse_agents  = optional(list(string))
      refuse_paths   = optional(list(string))
      refuse_methods = optional(list(string))
      default_agents = optional(bool)
      default_paths  = optional(bool)
      wakes_per_hour = optional(number)
    }))
    theme = optional(object({
      title         = optional(string)
      message       = optional(string)
      accent        = optional(string)
      logo          = optional(string)
      template_file = optional(string)
    }))
    cors = optional(object({
      origins     = list(string)
      credentials = optional(bool)
    }))
    idle_alarm = optional(bool, false)
  }))
  nullable = false


  # The waker's own rule.







  # A rule has at most five condition values, and the status rule has its own path.



  # Terraform considers null equal to null, so that a service without a target group would pass below.









  # The environment that falls asleep first would stop it under the other.







  # With the waker's own defaults for unset fields. The last calls to AWS take up to 5 s.
}

variable "role" {
  description = "Your role (its `name` and `arn`) for the function, instead of a created one; it gets the same policy unless `attach` is false. Lambda must be allowed to assume it."
  type = object({
    name   = string
    arn    = string
    attach = optional(bool, true)
  })
  default = null
}

variable "tick_role" {
  description = "The same for the role by which EventBridge Scheduler invokes the function."
  type = object({
    name   = string
    arn    = string
    attach = optional(bool, true)
  })
  default = null
}

variable "role_path" {
  description = "The path of the created roles."
  type        = string
  default     = "/"
  nullable    = false
}

variable "permissions_boundary" {
  description = "The ARN of the created roles' permissions boundary, if your account requires one."
  type        = string
  default     = null
}
