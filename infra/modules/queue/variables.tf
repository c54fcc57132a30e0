variable "name" {
  description = "The queue's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,75}$", var.name))
    error_message = "name must be 1 to 75 letters, digits, hyphens and underscores."
  }
}

variable "message_retention_seconds" {
  description = "How many seconds a message is kept, 60 to 1209600; two weeks unless set."
  type        = number
  default     = 1209600
  nullable    = false

  validation {
    condition     = var.message_retention_seconds >= 60 && var.message_retention_seconds <= 1209600
    error_message = "message_retention_seconds must be from 60 to 1209600."
  }
}

variable "visibility_timeout_seconds" {
  description = "How many seconds a received message is hidden from other receivers, 0 to 43200: longer than its processing takes."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.visibility_timeout_seconds >= 0 && var.visibility_timeout_seconds <= 43200
    error_message = "visibility_timeout_seconds must be from 0 to 43200."
  }
}

variable "receive_wait_time_seconds" {
  description = "How many seconds a receive call waits for a message, 0 to 20."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.receive_wait_time_seconds >= 0 && var.receive_wait_time_seconds <= 20
    error_message = "receive_wait_time_seconds must be from 0 to 20."
  }
}

variable "max_receive_count" {
  description = "After how many receives a message moves to the dead-letter queue, 1 to 1000; 0 for no such queue."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.max_receive_count >= 0 && var.max_receive_count <= 1000 && floor(var.max_receive_count) == var.max_receive_count
    error_message = "max_receive_count must be a whole number from 0 to 1000."
  }
}

variable "from_buckets" {
  description = "ARNs of S3 buckets of this account that may send, by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "kms_key_arn" {
  description = "Your key, which the senders must be allowed to use; SQS's own without one."
  type        = string
  default     = null
}

variable "alarms" {
  description = "Alarms to `actions` when the oldest message is older than `age_seconds`, or a dead letter arrives. An app that sleeps receives no messages: set the age longer than it may sleep, or 0 for no such alarm."
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
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
