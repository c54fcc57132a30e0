variable "name" {
  description = "The queue's name."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,75}$", var.name))
    error_message = "name must be 1 to 75 letters, digits, hyphens and underscores."
  }
}

variable "retention_days" {
  description = "How long a message waits to be taken, 1 to 14."
  type        = number
  default     = 14

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 14
    error_message = "retention_days must be from 1 to 14."
  }
}

variable "visibility_seconds" {
  description = "How long a message that was taken is kept from others, 0 to 43200: longer than its work takes."
  type        = number
  default     = 60

  validation {
    condition     = var.visibility_seconds >= 0 && var.visibility_seconds <= 43200
    error_message = "visibility_seconds must be from 0 to 43200."
  }
}

variable "wait_seconds" {
  description = "How long a question for messages waits for one, 0 to 20."
  type        = number
  default     = 20

  validation {
    condition     = var.wait_seconds >= 0 && var.wait_seconds <= 20
    error_message = "wait_seconds must be from 0 to 20."
  }
}

variable "tries" {
  description = "After how many tries a message goes to the queue for dead letters, 1 to 1000; 0 for no such queue."
  type        = number
  default     = 5

  validation {
    condition     = var.tries >= 0 && var.tries <= 1000 && floor(var.tries) == var.tries
    error_message = "tries must be a whole number from 0 to 1000."
  }
}

variable "from_buckets" {
  description = "ARNs of S3 buckets of this account that may send, by a name of your choice."
  type        = map(string)
  default     = {}
}

variable "kms_key_arn" {
  description = "A key of yours, which must let the senders use it; SQS's own without one."
  type        = string
  default     = null
}

variable "alarms" {
  description = "Alarms to `actions` when the oldest message is older than `age_seconds`, or a dead letter comes. An app that sleeps takes no messages: let the age be longer than it may sleep, or 0 for no such alarm."
  type = object({
    actions     = optional(list(string), [])
    age_seconds = optional(number, 0)
  })
  default = null

  validation {
    condition     = var.alarms == null || try(var.alarms.age_seconds >= 0, false)
    error_message = "alarms.age_seconds must not be negative."
  }
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}
