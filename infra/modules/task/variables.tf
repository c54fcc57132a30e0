variable "name" {
  description = "The family, the main container's name unless `container_name` is set, and the beginning of other names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name))
    error_message = "The task's name must be 2 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "container_name" {
  description = "The main container's name; `name` unless set."
  type        = string
  default     = null

  validation {
    condition     = var.container_name == null || can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$", var.container_name))
    error_message = "container_name must be 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "image" {
  description = "The main container's image. Of ECR, the execution role may only pull from this image's repository."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s]+$", var.image))
    error_message = "image must be the name of an image."
  }
}

variable "cpu_architecture" {
  description = "The processor that the images are built for, this one's and the entrypoint's: `ARM64`, which costs less, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "size" {
  description = "CPU units and MiB of memory, in one of Fargate's combinations, and GiB of `storage`, 21 to 200, if 20 are not enough."
  type = object({
    cpu     = optional(number, 256)
    memory  = optional(number, 512)
    storage = optional(number)
  })
  default  = {}
  nullable = false

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
  validation {
    condition = contains(lookup({
      256   = [512, 1024, 2048]
      512   = range(1024, 4097, 1024)
      1024  = range(2048, 8193, 1024)
      2048  = range(4096, 16385, 1024)
      4096  = range(8192, 30721, 1024)
      8192  = range(16384, 61441, 4096)
      16384 = range(32768, 122881, 8192)
    }, var.size.cpu, []), var.size.memory)
    error_message = "size must be one of Fargate's combinations of CPU and memory, such as 256 with 512, 1024 or 2048."
  }

  validation {
    condition     = var.size.storage == null || try(var.size.storage >= 21 && var.size.storage <= 200, false)
    error_message = "size.storage must be from 21 to 200."
  }
}

variable "command" {
  description = "The container's command. Behind the entrypoint it must be written out, because setting an entry point drops the image's own command."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "ports" {
  description = "Ports that the container listens on, by name."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for port in var.ports : port >= 1 && port <= 65535])
    error_message = "ports must be from 1 to 65535."
  }
}

variable "environment" {
  description = "Environment variables of the container. Behind the entrypoint a value may be a secret's, which the task role may then read: `secretsmanager:` and its ARN, with `:json-key::` for one of its keys, or `secretsmanager:NAME#json-key` for a secret of this account and region. Give the complete ARN, with the six characters at its end."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "secrets" {
  description = "Variables whose values ECS reads when a task starts, by the execution role: the ARN of a secret (with `:json-key::` for one of its keys) or of a Systems Manager parameter."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.secrets : can(regex("^arn:aws[a-z-]*:(secretsmanager:[^:]+:[0-9]{12}:secret:|ssm:[^:]+:[0-9]{12}:parameter/)", arn))])
    error_message = "secrets must be ARNs of secrets or of parameters."
  }
}

variable "secret_key_arns" {
  description = "Your own KMS keys that encrypt these secrets; none for AWS's key."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "health_check" {
  description = "ECS's own health check inside the container, beside the load balancer's; times in seconds. Its interval is 5 seconds, the shortest that ECS has, so that a task is soon healthy during a wake. After `retries` failures in a row, half a minute unless set, the container is unhealthy."
  type = object({
    command      = list(string)
    interval     = optional(number, 5)
    timeout      = optional(number, 3)
    retries      = optional(number, 6)
    start_period = optional(number, 60)
  })
  default = null

  validation {
    condition     = var.health_check == null || contains(["CMD", "CMD-SHELL"], try(var.health_check.command[0], "CMD"))
    error_message = "health_check.command must begin with CMD or CMD-SHELL."
  }

  validation {
    condition     = var.health_check == null || try(var.health_check.interval >= 5 && var.health_check.interval <= 300 && var.health_check.timeout >= 2 && var.health_check.timeout <= 60 && var.health_check.retries >= 1 && var.health_check.retries <= 10 && var.health_check.start_period >= 0 && var.health_check.start_period <= 300, false)
    error_message = "health_check takes an interval of 5 to 300 s, a time-out of 2 to 60 s, 1 to 10 retries and a start period of 0 to 300 s."
  }
}

variable "readonly_root_filesystem" {
  description = "Whether the container may write only to its volumes."
  type        = bool
  default     = true
  nullable    = false
}

variable "scratch" {
  description = "Folders of the container that are writable and deleted with the task, such as /tmp."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for path in var.scratch : startswith(path, "/") && path != "/"])
    error_message = "scratch must hold absolute paths other than /."
  }
}

variable "files" {
  description = "Files for the container, such as its configuration: an init container of `image` writes the `content`, by file name, to the folder `path`, which is read-only in the main container. Do not put secrets there: the task definition contains them."
  type = object({
    path    = string
    content = map(string)
    image   = optional(string, "public.ecr.aws/docker/library/busybox:1.37")
  })
  default = null

  validation {
    condition     = var.files == null || try(can(regex("^(/[A-Za-z0-9._-]+)+$", var.files.path)), false)
    error_message = "files.path must be an absolute path."
  }

  validation {
    condition     = var.files == null || try(length(var.files.content) > 0 && alltrue([for name in keys(var.files.content) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", name))]), false)
    error_message = "files.content must hold at least one file, with a plain name."
  }
}

variable "file_systems" {
  description = "EFS by an access point, by name: the module `efs` creates both. Encrypted in transit, and by the task role, which may mount no other."
  type = map(object({
    file_system_id   = string
    file_system_arn  = string
    access_point_id  = string
    access_point_arn = string
    path             = string
    read_only        = optional(bool, false)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name, mount in var.file_systems : startswith(mount.path, "/") && !contains(["reveille", "files"], name) && !startswith(name, "scratch")])
    error_message = "file_systems take absolute paths, and other names than reveille, files and scratch."
  }
}

variable "user" {
  description = "The container's user, such as 1000:1000; the image's own unless set."
  type        = string
  default     = null
}

variable "stop_timeout" {
  description = "Seconds from SIGTERM to SIGKILL, 2 to 120."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.stop_timeout >= 2 && var.stop_timeout <= 120
    error_message = "stop_timeout must be from 2 to 120."
  }
}

variable "enable_execute_command" {
  description = "Whether the task role may open ECS Exec's sessions. It needs a writable root."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_group_name" {
  description = "The name of the created log group; /ecs/ and the name unless set."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long the containers' logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs has, such as 7, 30 or 365."
  }
}

variable "log_kms_key_arn" {
  description = "Your key for the log group, which CloudWatch Logs must be allowed to use."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
