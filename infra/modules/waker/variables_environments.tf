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

  validation {
    condition     = length(var.environments) > 0
    error_message = "environments must not be empty."
  }

  # The waker's own rule.
  validation {
    condition     = alltrue([for name in keys(var.environments) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "An environment's name, the key in environments, must be 1 to 63 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for environment in var.environments : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/", environment.listener_arn))])
    error_message = "listener_arn must be the ARN of an Application Load Balancer's listener."
  }

  validation {
    condition     = alltrue([for environment in var.environments : environment.priority >= 1 && environment.priority <= 49998 && floor(environment.priority) == environment.priority])
    error_message = "priority must be a whole number from 1 to 49998: the two after it are taken too, and 50000 is the last."
  }

  validation {
    condition = length(distinct(flatten([
      for environment in var.environments : [for offset in [0, 1, 2] : "${environment.listener_arn} ${environment.priority + offset}"]
    ]))) == 3 * length(var.environments)
    error_message = "Environments on one listener must have priorities that are three or more apart."
  }

  validation {
    condition     = length(var.environments) == 1 || alltrue([for environment in var.environments : length(environment.hosts) > 0])
    error_message = "Each environment must name its hosts where there is more than one."
  }

  validation {
    condition     = length(distinct(flatten([for environment in var.environments : environment.hosts]))) == length(flatten([for environment in var.environments : environment.hosts]))
    error_message = "No host may belong to two environments."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for host in environment.hosts : can(regex("^(\\*\\.)?([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$", host))]]))
    error_message = "hosts must hold host names, or *. and a host name."
  }

  # A rule has at most five condition values, and the status rule has its own path.
  validation {
    condition     = alltrue([for environment in var.environments : length(environment.hosts) <= 4 && length(environment.hosts) + length(environment.paths) <= 5])
    error_message = "A rule takes at most five values: at most four hosts, and with the paths at most five."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for path in environment.paths : can(regex("^[/*]", path)) && length(path) <= 128]]))
    error_message = "paths must hold patterns of at most 128 characters that begin with / or *."
  }

  validation {
    condition     = alltrue([for environment in var.environments : anytrue([for service in environment.services : service.optional != true])])
    error_message = "services must hold one that is not optional."
  }

  # Terraform considers null equal to null, so that a service without a target group would pass below.
  validation {
    condition     = alltrue([for environment in var.environments : environment.app_target_group_arn != null])
    error_message = "app_target_group_arn must be set: the target group of the service that visitors come to. A service without one cannot be it."
  }

  validation {
    condition     = alltrue([for environment in var.environments : environment.app_target_group_arn == null || anytrue([for service in environment.services : service.optional != true && try(service.target_group_arn == environment.app_target_group_arn, false)])])
    error_message = "app_target_group_arn must be the target_group_arn of a service that is not optional."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for service in environment.services : can(regex("^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[a-zA-Z0-9_-]+$", service.cluster_arn))]]))
    error_message = "cluster_arn must be the ARN of an ECS cluster."
  }

  validation {
    condition = alltrue(flatten([for environment in var.environments : [
      for service in environment.services : service.arn == null || try(contains([
        "${replace(service.cluster_arn, ":cluster/", ":service/")}/${service.name}",
        "${replace(service.cluster_arn, "/:cluster/.*$/", ":service/")}${service.name}",
      ], service.arn), false)
    ]]))
    error_message = "A service's arn must be that of the service: arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME, or without the cluster where ECS shows it so."
  }

  validation {
    condition     = alltrue([for environment in var.environments : length(distinct([for service in environment.services : service.name])) == length(environment.services)])
    error_message = "No two services of an environment may have the same name."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for service in environment.services : length(setsubtract(service.after, setsubtract([for other in environment.services : other.name], [service.name]))) == 0]]))
    error_message = "after must name other services of the same environment."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for service in environment.services : try(service.count >= 1 && service.count <= 5000 && floor(service.count) == service.count, service.count == null)]]))
    error_message = "count must be a whole number from 1 to 5000."
  }

  validation {
    condition     = alltrue([for environment in var.environments : environment.database == null || try(contains(["aurora", "instance"], environment.database.kind), false)])
    error_message = "database.kind must be aurora or instance."
  }

  validation {
    condition     = alltrue([for environment in var.environments : environment.database == null || try(can(regex(environment.database.kind == "aurora" ? ":cluster:" : ":db:", environment.database.arn)), false)])
    error_message = "database.arn must be a cluster's ARN for aurora, and an instance's for instance."
  }

  # The environment that falls asleep first would stop it under the other.
  validation {
    condition = alltrue([
      for environment in var.environments : try(environment.database.stop_when_idle, null) != true ||
      length([for other in var.environments : other if try(other.database.arn == environment.database.arn, false)]) == 1
    ])
    error_message = "A database with stop_when_idle must belong to one environment alone: of two, the one that falls asleep would stop it under the other. Leave stop_when_idle out in both, or put the services of both into one environment."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.database.connect, null) == null || try(environment.database.data_api, null) == null])
    error_message = "A database is probed either by connect or by data_api."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.database.kind, "") != "instance" || try(environment.database.data_api, null) == null])
    error_message = "data_api is for aurora only."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.database.connect.port >= 1 && environment.database.connect.port <= 65535, true)])
    error_message = "database.connect.port must be from 1 to 65535."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.hold_seconds >= 0 && environment.hold_seconds <= 840 && floor(environment.hold_seconds) == environment.hold_seconds, environment.hold_seconds == null)])
    error_message = "hold_seconds must be a whole number from 0 to 840."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.hold_rounds >= 1 && environment.hold_rounds <= 10 && floor(environment.hold_rounds) == environment.hold_rounds, environment.hold_rounds == null)])
    error_message = "hold_rounds must be a whole number from 1 to 10."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.idle_timeout_seconds >= 1 && environment.idle_timeout_seconds <= 4000 && floor(environment.idle_timeout_seconds) == environment.idle_timeout_seconds, environment.idle_timeout_seconds == null)])
    error_message = "idle_timeout_seconds must be a whole number from 1 to 4000."
  }

  # With the waker's own defaults for unset fields. The last calls to AWS take up to 5 s.
  validation {
    condition     = alltrue([for environment in var.environments : coalesce(environment.hold_seconds, 25) == 0 || coalesce(environment.hold_seconds, 25) + 5 <= coalesce(environment.idle_timeout_seconds, 60)])
    error_message = "hold_seconds (25 unless set) must be 0 or at least 5 below idle_timeout_seconds (60 unless set): the load balancer would answer 504 first."
  }

  validation {
    condition     = alltrue([for environment in var.environments : contains(["load_balancer", "cloudfront", "api_gateway"], environment.behind)])
    error_message = "behind must be load_balancer, cloudfront or api_gateway."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.idle_after_seconds >= 300 && environment.idle_after_seconds <= 86400 && floor(environment.idle_after_seconds) == environment.idle_after_seconds, environment.idle_after_seconds == null)])
    error_message = "idle_after_seconds must be a whole number from 300 to 86400."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.min_awake_seconds >= 0 && environment.min_awake_seconds <= 86400 && floor(environment.min_awake_seconds) == environment.min_awake_seconds, environment.min_awake_seconds == null)])
    error_message = "min_awake_seconds must be a whole number from 0 to 86400."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.metrics_delay_seconds >= 0 && environment.metrics_delay_seconds <= 900 && floor(environment.metrics_delay_seconds) == environment.metrics_delay_seconds, environment.metrics_delay_seconds == null)])
    error_message = "metrics_delay_seconds must be a whole number from 0 to 900."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for hours in coalesce(environment.schedule, []) : length(hours.days) > 0 && length(setsubtract(hours.days, ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])) == 0]]))
    error_message = "schedule.days must hold mon, tue, wed, thu, fri, sat or sun."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for hours in coalesce(environment.schedule, []) : can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", hours.from)) && can(regex("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", hours.to)) && hours.from != hours.to]]))
    error_message = "schedule.from and schedule.to must be different times such as 08:00."
  }

  validation {
    condition     = alltrue(flatten([for environment in var.environments : [for hours in coalesce(environment.schedule, []) : can(regex("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", hours.time_zone))]]))
    error_message = "schedule.time_zone must be a zone's name, such as Europe/Berlin."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(contains(["request", "click", "token"], environment.guard.wake), true)])
    error_message = "guard.wake must be request, click or token."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.guard.token_sha256, null) == null || can(regex("^[0-9A-Fa-f]{64}$", environment.guard.token_sha256))])
    error_message = "guard.token_sha256 must be 64 hexadecimal digits."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.guard.wake, null) != "token" || try(environment.guard.token_sha256, null) != null])
    error_message = "guard.token_sha256 must be set where guard.wake is token."
  }

  validation {
    condition     = alltrue([for environment in var.environments : alltrue([for network in coalesce(try(environment.guard.networks, null), []) : can(cidrhost(network, 0)) || can(regex("^[0-9a-fA-F.:]+$", network))])])
    error_message = "guard.networks must hold networks such as 203.0.113.0/24, or addresses."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.guard.wakes_per_hour >= 0 && environment.guard.wakes_per_hour <= 14 && floor(environment.guard.wakes_per_hour) == environment.guard.wakes_per_hour, true)])
    error_message = "guard.wakes_per_hour must be a whole number from 0 to 14."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.theme.accent, null) == null || can(regex("^#[0-9A-Fa-f]{6}$", environment.theme.accent))])
    error_message = "theme.accent must be a colour such as #2f5bd0."
  }

  validation {
    condition     = alltrue([for environment in var.environments : try(environment.theme.logo, null) == null || can(regex("^data:image/(png|jpeg|gif|webp|svg\\+xml);base64,[A-Za-z0-9+/=]+$", environment.theme.logo))])
    error_message = "theme.logo must be an image as a data: URL in base64."
  }

  validation {
    condition     = alltrue([for environment in var.environments : alltrue([for origin in try(environment.cors.origins, []) : can(regex("^https?://[a-z0-9.-]+(:[0-9]+)?$", origin))])])
    error_message = "cors.origins must hold origins in lower case such as https://app.example.com."
  }
}
