variable "name" {
  description = "The repository's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", var.name)) && length(var.name) >= 2
    error_message = "name must be lower-case letters and digits, with single dots, slashes, hyphens or underscores between them."
  }
}

variable "mutable_tags" {
  description = "Whether a tag, such as `latest`, may be moved to another image."
  type        = bool
  default     = false
  nullable    = false
}

variable "keep_images" {
  description = "How many images are kept; older ones are deleted."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.keep_images >= 1
    error_message = "keep_images must be at least 1."
  }
}

variable "untagged_days" {
  description = "After how many days untagged images are deleted."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.untagged_days >= 1
    error_message = "untagged_days must be at least 1."
  }
}

variable "kms_key_arn" {
  description = "Your key; without one the images are encrypted with AWS's key in KMS."
  type        = string
  default     = null
}

variable "pull_accounts" {
  description = "Other accounts that may pull."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.pull_accounts : can(regex("^[0-9]{12}$", account))])
    error_message = "pull_accounts must hold account numbers."
  }
}

variable "force_delete" {
  description = "Whether `terraform destroy` may delete the repository with its images."
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
