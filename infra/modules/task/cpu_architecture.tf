# A plan does not know an image's platform, and ECS finds it only at the task's start: "exec format error".
# Known before is only the image's name, such as app:1-ARM64, app:1.2-amd64 or arm64v8/busybox.
locals {
  words_of_processors = { ARM64 = "arm64|arm64v8|aarch64", X86_64 = "x86[_-]64|amd64|x64" }

  # Without the registry's host and without a digest.
  names_of_images = { for image in distinct(compact(concat([var.image, var.entrypoint.image, try(var.files.image, null)], [for sidecar in var.sidecars : sidecar.image]))) :
    image => lower(regex("^(?:[^/@]*[.:][^/@]*/)?([^@]*)", image)[0])
  }
  processors_of_images = { for image, name in local.names_of_images :
    image => [for processor, words in local.words_of_processors : processor if can(regex("(^|[^a-z0-9])(${words})([^a-z0-9]|$)", name))]
  }
  images_of_another_processor = [for image, processors in local.processors_of_images :
    image if length(processors) > 0 && !contains(processors, var.cpu_architecture)
  ]
}
