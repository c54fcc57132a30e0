variable "name" {
  description = "Name of the load balancer, and the beginning of other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "The load balancer's name must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter, and not with internal-, which AWS keeps for itself."
  }
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
  nullable    = false
}

variable "vpc_cidr" {
  description = "The VPC's IPv4 block, which contains the targets: the load balancer's only outbound destination."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr))
    error_message = "vpc_cidr must be an IPv4 block."
  }
}

variable "subnet_ids" {
  description = "Subnets in at least two zones: public ones unless `internal`."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "A load balancer needs subnets in at least two zones."
  }
}

variable "internal" {
  description = "Whether it is only reachable from the VPC."
  type        = bool
  default     = false
  nullable    = false
}

variable "create_security_group" {
  description = "Whether to create a security group, with the rules of `ingress_cidrs` and `ingress_security_group_ids`."
  type        = bool
  default     = true
  nullable    = false
}

variable "security_group_ids" {
  description = "More security groups of yours, or all of them if `create_security_group` is false."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "ingress_cidrs" {
  description = "IPv4 blocks that may connect."
  type        = set(string)
  default     = ["0.0.0.0/0"]
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.ingress_cidrs : can(cidrnetmask(cidr))])
    error_message = "ingress_cidrs must hold IPv4 blocks."
  }
}

variable "ingress_security_group_ids" {
  description = "Security groups that may connect, by a name of your choice, such as that of an API gateway's VPC link."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "https" {
  description = "With it, port 443 serves and port 80 redirects there. `certificate_arn` is the default certificate, `more_certificate_arns` are chosen by the client's server name."
  type = object({
    certificate_arn       = string
    more_certificate_arns = optional(map(string), {})
    ssl_policy            = optional(string, "ELBSecurityPolicy-TLS13-1-2-2021-06")
  })
  default = null

  validation {
    condition     = var.https == null || can(regex("^arn:aws[a-z-]*:(acm|iam):", var.https.certificate_arn))
    error_message = "https.certificate_arn must be the ARN of a certificate."
  }

  validation {
    condition     = var.https == null || can(regex("^ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2)", var.https.ssl_policy))
    error_message = "https.ssl_policy must be one that refuses TLS below 1.2."
  }
}

variable "extra_ports" {
  description = "More listeners, by a name of your choice. Each forwards to `target_group_arn`, or answers 404 without one, so that rules can be added. HTTPS takes the certificates of `https`."
  type = map(object({
    port             = number
    https            = optional(bool, false)
    forward          = optional(bool, false)
    target_group_arn = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for extra in var.extra_ports : extra.port >= 1 && extra.port <= 65535 && !contains([80, 443], extra.port)])
    error_message = "extra_ports take ports from 1 to 65535 other than 80 and 443."
  }

  validation {
    condition     = length(distinct([for extra in var.extra_ports : extra.port])) == length(var.extra_ports)
    error_message = "extra_ports must differ in their ports."
  }

  validation {
    condition     = alltrue([for extra in var.extra_ports : !extra.forward || extra.target_group_arn != null])
    error_message = "An extra port with forward = true needs a target_group_arn."
  }
}

variable "access_logs" {
  description = "The bucket for access logs, which must let the load balancers' service write: the module `storage` with `load_balancer_logs = true` creates one."
  type = object({
    bucket = string
    prefix = optional(string)
  })
  default = null
}

variable "idle_timeout" {
  description = "The idle time-out in seconds, 1 to 4000. At least 5 longer than any environment's `hold_seconds`; set the waker's `idle_timeout_seconds` to the same value."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.idle_timeout >= 1 && var.idle_timeout <= 4000
    error_message = "idle_timeout must be from 1 to 4000."
  }
}

variable "enable_deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer. It must be switched off here, and applied, before a destroy."
  type        = bool
  default     = false
  nullable    = false
}

variable "web_acl_arn" {
  description = "A WAF web ACL to put in front."
  type        = string
  default     = null
}

variable "records" {
  description = "Route 53 alias records of the load balancer, by host name, each with the hosted zone's id. They do not evaluate target health: with a sleeping environment no target is healthy, and Route 53 would take the load balancer out of weighted and failover records, with all its other apps."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.records) : can(regex("^(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "records must have host names in lower case, or *. and a host name."
  }
}

variable "alarms" {
  description = "An alarm when the load balancer itself answers 5xx more than `threshold` times in five minutes; `actions` are the ARNs to notify. The waker's 503 during a wake does not count."
  type = object({
    actions   = optional(list(string), [])
    threshold = optional(number, 10)
  })
  default = null

  validation {
    condition     = var.alarms == null || try(var.alarms.threshold >= 1, false)
    error_message = "alarms.threshold must be at least 1."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
