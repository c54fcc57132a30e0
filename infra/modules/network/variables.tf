variable "name" {
  description = "The beginning of every name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name))
    error_message = "The network's name must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc" {
  description = <<-EOT
    The VPC. `mode` is `new` (a VPC with a public subnet per zone), `default` (the account's default VPC), or `existing` (`id`, `public_subnet_ids` and, if there are any, `private_subnet_ids`).
    For a new one: `cidr`; `zones`, or `zone_count` of the region's; `private_subnets`; `nat` is `none`, `single` (one gateway for all zones) or `per_zone`.
  EOT
  type = object({
    mode               = optional(string, "new")
    id                 = optional(string)
    public_subnet_ids  = optional(list(string), [])
    private_subnet_ids = optional(list(string), [])
    cidr               = optional(string, "10.0.0.0/16")
    zones              = optional(list(string), [])
    zone_count         = optional(number, 2)
    private_subnets    = optional(bool, false)
    nat                = optional(string, "none")
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["new", "default", "existing"], var.vpc.mode)
    error_message = "vpc.mode must be new, default or existing."
  }

  validation {
    condition     = (var.vpc.mode == "existing") == (var.vpc.id != null)
    error_message = "vpc.id goes with mode existing, and with no other."
  }

  validation {
    condition     = var.vpc.mode != "existing" || length(var.vpc.public_subnet_ids) + length(var.vpc.private_subnet_ids) >= 2
    error_message = "An existing VPC needs at least two subnets: a load balancer and a database each span two zones."
  }

  validation {
    condition     = var.vpc.mode == "existing" || length(var.vpc.public_subnet_ids) + length(var.vpc.private_subnet_ids) == 0
    error_message = "Subnet ids go with mode existing only."
  }

  # Of a /20 each subnet gets a /24: 251 addresses for tasks.
  validation {
    condition     = can(cidrnetmask(var.vpc.cidr)) && try(tonumber(split("/", var.vpc.cidr)[1]) >= 16 && tonumber(split("/", var.vpc.cidr)[1]) <= 20, false)
    error_message = "vpc.cidr must be an IPv4 block from /16 to /20."
  }

  validation {
    condition     = var.vpc.zone_count >= 2 && var.vpc.zone_count <= 6 && floor(var.vpc.zone_count) == var.vpc.zone_count
    error_message = "vpc.zone_count must be a whole number from 2 to 6."
  }

  validation {
    condition     = length(var.vpc.zones) == 0 || (length(var.vpc.zones) >= 2 && length(var.vpc.zones) <= 6 && length(distinct(var.vpc.zones)) == length(var.vpc.zones))
    error_message = "vpc.zones must name 2 to 6 different zones."
  }

  validation {
    condition     = contains(["none", "single", "per_zone"], var.vpc.nat)
    error_message = "vpc.nat must be none, single or per_zone."
  }

  validation {
    condition     = !var.vpc.private_subnets || var.vpc.mode == "new"
    error_message = "vpc.private_subnets are made in a new VPC only."
  }

  validation {
    condition     = var.vpc.nat == "none" || var.vpc.private_subnets
    error_message = "vpc.nat serves private subnets, and there are none."
  }
}

variable "endpoints" {
  description = <<-EOT
    Endpoints of AWS services. `gateway`: of `s3` and `dynamodb`, free of charge; `s3` in a new VPC unless set. `interface`: such as `ecr.api`, `ecr.dkr`, `logs`, `secretsmanager`; each is charged by the hour and zone, also while everything sleeps.
  EOT
  type = object({
    gateway   = optional(set(string))
    interface = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(coalesce(var.endpoints.gateway, []), ["s3", "dynamodb"])) == 0
    error_message = "endpoints.gateway may hold s3 and dynamodb."
  }

  validation {
    condition     = alltrue([for service in var.endpoints.interface : can(regex("^[a-z0-9][a-z0-9.-]*$", service))])
    error_message = "endpoints.interface must hold short service names, such as ecr.api."
  }
}

variable "flow_logs" {
  description = "The VPC's flow logs, to CloudWatch Logs. `traffic` is `ALL`, `ACCEPT` or `REJECT`; `interval_seconds` is 60 or 600."
  type = object({
    enabled          = optional(bool, false)
    traffic          = optional(string, "ALL")
    interval_seconds = optional(number, 600)
    retention_days   = optional(number, 30)
    kms_key_arn      = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["ALL", "ACCEPT", "REJECT"], var.flow_logs.traffic)
    error_message = "flow_logs.traffic must be ALL, ACCEPT or REJECT."
  }

  validation {
    condition     = contains([60, 600], var.flow_logs.interval_seconds)
    error_message = "flow_logs.interval_seconds must be 60 or 600."
  }

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_logs.retention_days)
    error_message = "flow_logs.retention_days must be a number of days that CloudWatch Logs has, such as 7, 30 or 365."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "role_path" {
  description = "The path of the created role."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must begin and end with /."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the created role's permissions boundary, if your account requires one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy."
  }
}
