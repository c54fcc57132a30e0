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

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must begin and end with /."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the created roles' permissions boundary, if your account requires one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy."
  }
}
