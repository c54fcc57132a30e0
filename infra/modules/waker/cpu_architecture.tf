# Lambda accepts a zip for either processor, and fails when it starts the function. The zip's name has the
# processor, as infra/release/build names it: waker-ARM64.zip, or a folder has: arm64/bootstrap.zip.
locals {
  lambda_architectures = { ARM64 = "arm64", X86_64 = "x86_64" }
  words_of_processors  = { ARM64 = "arm64|aarch64", X86_64 = "x86[_-]64|amd64|x64" }

  # Only the file's name and folder, because the path before that depends on the machine.
  name_of_package = try(regex("[^/]*/?[^/]*$", var.package.file), var.package.s3_key, "")
  processors_of_package = [for processor, words in local.words_of_processors :
    processor if can(regex("(^|[^a-z0-9])(${words})([^a-z0-9]|$)", lower(local.name_of_package)))
  ]
}
