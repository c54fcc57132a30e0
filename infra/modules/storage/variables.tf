variable "name" {
  description = "The bucket's name, unique in all of AWS."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.name)) && !strcontains(var.name, "..")
    error_message = "name must be 3 to 63 lower-case letters, digits, hyphens and dots."
  }
}

variable "versioning" {
  description = "Whether overwritten and deleted objects are kept, for `lifecycle_days.old_versions`."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "Your key; AES256 without one."
  type        = string
  default     = null
}

variable "cors" {
  description = "CORS rules of the bucket."
  type = list(object({
    origins         = list(string)
    methods         = optional(list(string), ["GET", "PUT", "POST", "DELETE", "HEAD"])
    headers         = optional(list(string), ["*"])
    expose          = optional(list(string), ["ETag"])
    max_age_seconds = optional(number, 3600)
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for rule in var.cors : length(setsubtract(rule.methods, ["GET", "PUT", "POST", "DELETE", "HEAD"])) == 0])
    error_message = "cors.methods may hold GET, PUT, POST, DELETE and HEAD."
  }

  validation {
    condition     = alltrue(flatten([for rule in var.cors : [for origin in rule.origins : can(regex("^(\\*|https?://[^/]+)$", origin))]]))
    error_message = "cors.origins must be such as https://app.example.com."
  }
}

variable "lifecycle_days" {
  description = "After how many days are deleted: `objects` (0 for never), their `old_versions`, and incomplete `uploads`."
  type = object({
    objects      = optional(number, 0)
    old_versions = optional(number, 30)
    uploads      = optional(number, 7)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.lifecycle_days.objects >= 0 && var.lifecycle_days.old_versions >= 1 && var.lifecycle_days.uploads >= 1
    error_message = "lifecycle_days must be at least 1, or 0 for objects."
  }
}

variable "notifications" {
  description = "Queues that are notified of objects, by a name of your choice; each must let the bucket send, as the module `queue` does with `from_buckets`."
  type = map(object({
    queue_arn = string
    events    = optional(list(string), ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
    prefix    = optional(string)
    suffix    = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue(flatten([for notification in var.notifications : [for event in notification.events : startswith(event, "s3:")]]))
    error_message = "notifications.events must be such as s3:ObjectCreated:*."
  }
}

variable "load_balancer_logs" {
  description = "Whether load balancers of this account and region may write their access logs here. They cannot with your own key."
  type        = bool
  default     = false
  nullable    = false
}

variable "cloudwatch_exports" {
  description = "Whether CloudWatch Logs of this account and region may export log groups here, as with `aws logs create-export-task`."
  type        = bool
  default     = false
  nullable    = false
}

variable "access_log_bucket" {
  description = "A bucket for this bucket's own access logs."
  type        = string
  default     = null
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete the bucket with its objects."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
