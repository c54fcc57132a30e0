variable "name" {
  description = "The API's name, and the beginning of other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name))
    error_message = "The API's name must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "network" {
  description = "The VPC and subnets of the VPC link's network interfaces."
  type = object({
    vpc_id     = string
    subnet_ids = list(string)
  })
  nullable = false

  validation {
    condition     = length(var.network.subnet_ids) > 0
    error_message = "network.subnet_ids must not be empty."
  }
}

variable "listener" {
  description = "The load balancer's listener: its `arn` and `port`, the load balancer's `security_group_id`, and, if it uses TLS, the `server_name` in its certificate."
  type = object({
    arn               = string
    port              = optional(number, 80)
    security_group_id = string
    server_name       = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:[0-9]{12}:listener/app/", var.listener.arn))
    error_message = "listener.arn must be the ARN of an Application Load Balancer's listener."
  }

  validation {
    condition     = (var.listener.port == 443) == (var.listener.server_name != null)
    error_message = "listener.server_name goes with port 443, and with no other."
  }
}

variable "timeout_milliseconds" {
  description = "How long the API waits for an answer, 50 to 30000: longer than any environment's `hold_seconds` behind it, 25 unless set, or its callers get 504 before the waker has answered."
  type        = number
  default     = 30000
  nullable    = false

  validation {
    condition     = var.timeout_milliseconds >= 50 && var.timeout_milliseconds <= 30000
    error_message = "timeout_milliseconds must be from 50 to 30000, the limit of an HTTP API."
  }
}

variable "cors" {
  description = "Other origins whose pages may call the API; `max_age` in seconds."
  type = object({
    allow_origins     = list(string)
    allow_methods     = optional(list(string), ["*"])
    allow_headers     = optional(list(string), ["*"])
    allow_credentials = optional(bool, false)
    max_age           = optional(number, 3600)
  })
  default = null

  validation {
    condition     = var.cors == null || try(!(var.cors.allow_credentials && contains(var.cors.allow_origins, "*")), false)
    error_message = "cors.allow_credentials needs named origins."
  }
}

variable "throttle" {
  description = "Requests a second that the API lets through in the long run (`rate`), and at once (`burst`)."
  type = object({
    rate  = optional(number, 100)
    burst = optional(number, 200)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst >= 1
    error_message = "throttle.rate and throttle.burst must be greater than 0."
  }
}

variable "domain" {
  description = "Your domain name for the API, and its certificate. Create its record yourself: an alias of the outputs `domain_target` and `domain_zone_id`."
  type = object({
    name            = string
    certificate_arn = string
  })
  default = null

  validation {
    condition     = var.domain == null || can(regex("^arn:aws[a-z-]*:acm:", var.domain.certificate_arn))
    error_message = "domain.certificate_arn must be the ARN of a certificate."
  }
}

variable "log_retention_days" {
  description = "How long the access log is kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs has, such as 7, 30 or 365."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
