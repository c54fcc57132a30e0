output "url" {
  description = "The repository's URL: an image's name is this, a colon and a tag."
  value       = aws_ecr_repository.this.repository_url
}

output "arn" {
  description = "The repository's ARN."
  value       = aws_ecr_repository.this.arn
}

output "name" {
  description = "The repository's name."
  value       = aws_ecr_repository.this.name
}

output "registry_id" {
  description = "The account whose registry it is in."
  value       = aws_ecr_repository.this.registry_id
}
