output "id" {
  description = "The bucket's name, which is its id."
  value       = aws_s3_bucket.this.id
}

output "name" {
  description = "The bucket's name."
  value       = aws_s3_bucket.this.id
}

output "arn" {
  description = "The bucket's ARN."
  value       = aws_s3_bucket.this.arn
}

output "domain_name" {
  description = "The bucket's regional domain name."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}

output "hosted_zone_id" {
  description = "The hosted zone of its region's S3, for an alias record."
  value       = aws_s3_bucket.this.hosted_zone_id
}

output "log_bucket" {
  description = "The bucket's name, available once load balancers may write to it."
  value       = aws_s3_bucket.this.id
  depends_on  = [aws_s3_bucket_policy.this]
}
