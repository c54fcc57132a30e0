variable "region" {
  description = "The AWS region."
  type        = string
  default     = "us-east-1"
  nullable    = false
}

variable "project_name" {
  description = "The project, with which every name begins."
  type        = string
  default     = "transparent-trust"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.project_name)) && length(var.project_name) <= 28
    error_message = "project_name must be 1 to 28 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "environment" {
  description = "The environment, with which every name ends."
  type        = string
  default     = "production"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", var.environment)) && length(var.environment) <= 14
    error_message = "environment must be 1 to 14 lower-case letters, digits and single hyphens."
  }
}

variable "tags" {
  description = "Tags of every resource, beside `Project` and `Environment`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "vpc" {
  description = "The VPC, as the module `network` takes it: a new one, the default one, or an existing one."
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
  default  = { private_subnets = true, nat = "single" }
  nullable = false
}

variable "entrypoint" {
  description = "The source of Reveille's entrypoint: `init` with the init container's `image`, or `image` with its `path` in the app's own."
  type = object({
    from  = optional(string, "init")
    image = optional(string)
    path  = optional(string, "/usr/local/bin/entrypoint")
  })
  nullable = false
}

variable "waker_zip" {
  description = "The waker's zip; unless set, the path where `infra/release/build` puts it for this processor."
  type        = string
  default     = null
}

variable "cpu_architecture" {
  description = "The processor of the waker's zip, of the entrypoint and of the app's image: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "waker_variables" {
  description = "More variables for the waker, such as `AWS_ENDPOINT_URL` on a local AWS."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "idle_after_seconds" {
  description = "The idle time: after so many seconds without a visitor it sleeps, 300 to 86400."
  type        = number
  default     = 1800
  nullable    = false
}

variable "enable_alarms" {
  description = "Whether to create alarms: of the service, the load balancer, the database and the waker."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics that are notified of alarms."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "certificate_arn" {
  description = "The certificate for HTTPS on port 443; not with your load balancer, which has its own."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Host names of the environment, the first of which is the address for visitors: NextAuth needs it."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.hosts) > 0
    error_message = "hosts must name at least one host."
  }
}

variable "image_tag" {
  description = "The tag of the app's image in the repository that this example creates."
  type        = string
  nullable    = false
}

variable "command" {
  description = "The command that starts the app in its image."
  type        = list(string)
  default     = ["node", "server.js"]
  nullable    = false
}

variable "secret_arns" {
  description = "Secrets of yours, each as plain text: NextAuth's, Anthropic's API key, the encryption key, and optionally Redis's address. Google's is JSON with client_id and client_secret."
  type = object({
    nextauth       = string
    anthropic      = string
    google_oauth   = string
    encryption_key = string
    redis          = optional(string)
  })
  nullable = false

  validation {
    condition     = alltrue([for arn in values(var.secret_arns) : arn == null || can(regex("^arn:aws[a-z-]*:secretsmanager:", arn))])
    error_message = "secret_arns must be ARNs of secrets."
  }
}

variable "size" {
  description = "CPU units and MiB of memory of a task."
  type        = object({ cpu = number, memory = number })
  default     = { cpu = 512, memory = 1024 }
  nullable    = false
}

variable "desired_count" {
  description = "How many tasks a wake starts; `autoscaling.min_capacity` if that is more."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.desired_count >= 1 && var.desired_count <= 5000
    error_message = "desired_count must be from 1 to 5000."
  }
}

variable "autoscaling" {
  description = "While awake: the minimum and maximum number of tasks, and the targets in percent; null for none. The waker suspends scaling while asleep, so that the minimum may be the one wanted while awake."
  type = object({
    min_capacity = optional(number, 2)
    max_capacity = optional(number, 10)
    cpu          = optional(number, 70)
    memory       = optional(number, 80)
  })
  default = {}
}

variable "spot" {
  description = "Whether tasks run on Fargate Spot."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_execute_command" {
  description = "Whether ECS Exec may open a shell in a task; the root is writable then."
  type        = bool
  default     = false
  nullable    = false
}

variable "container_insights" {
  description = "CloudWatch's metrics of tasks: `enabled`, `enhanced` or `disabled`."
  type        = string
  default     = "enabled"
  nullable    = false
}

variable "log_retention_days" {
  description = "How long the app's log is kept."
  type        = number
  default     = 30
  nullable    = false
}

variable "own_key" {
  description = "Whether to create a KMS key, for images, logs, uploads, and the database; AWS's keys otherwise."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_emails" {
  description = "Mail addresses that are notified of alarms, beside `alarm_topic_arns`; each must confirm a first mail."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "roles" {
  description = "Your roles for task and execution, instead of created ones."
  type = object({
    task      = optional(object({ name = string, arn = string }))
    execution = optional(object({ name = string, arn = string }))
  })
  default  = {}
  nullable = false
}

variable "bucket_names" {
  description = "The buckets for uploads, and for the load balancer's logs."
  type = object({
    uploads = string
    logs    = string
  })
  nullable = false
}

variable "database" {
  description = "`kind` is `instance` or `aurora`; the instance's class, and whether it is stopped while asleep."
  type = object({
    kind           = optional(string, "aurora")
    class          = optional(string, "db.t4g.micro")
    stop_when_idle = optional(bool, true)
  })
  default  = {}
  nullable = false
}
