resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_18:its own access is logged where access_log_bucket says so
  # checkov:skip=CKV_AWS_21:versioning is the user's choice, and on unless switched off
  # checkov:skip=CKV_AWS_144:a copy in another region costs as much again
  # checkov:skip=CKV_AWS_145:AES256 unless the user gives a key
  # checkov:skip=CKV2_AWS_62:notifications are made where the user asks for them
  bucket        = var.name
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  # checkov:skip=CKV_AWS_21:versioning is the user's choice, and on unless switched off
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = var.versioning ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }

  lifecycle {
    precondition {
      condition     = var.kms_key_arn == null || !var.load_balancer_logs
      error_message = "Load balancers cannot write to a bucket with a key of yours."
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "this" {
  count  = length(var.cors) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this.id

  dynamic "cors_rule" {
    for_each = var.cors
    content {
      allowed_origins = cors_rule.value.origins
      allowed_methods = cors_rule.value.methods
      allowed_headers = cors_rule.value.headers
      expose_headers  = cors_rule.value.expose
      max_age_seconds = cors_rule.value.max_age_seconds
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "tidy"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.lifecycle_days.old_versions
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = var.lifecycle_days.uploads
    }

    dynamic "expiration" {
      for_each = var.lifecycle_days.objects > 0 ? [var.lifecycle_days.objects] : []
      content {
        days = expiration.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  count         = var.access_log_bucket == null ? 0 : 1
  bucket        = aws_s3_bucket.this.id
  target_bucket = var.access_log_bucket
  target_prefix = "${var.name}/"
}

resource "aws_s3_bucket_notification" "this" {
  count  = length(var.notifications) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this.id

  dynamic "queue" {
    for_each = var.notifications
    content {
      id            = queue.key
      queue_arn     = queue.value.queue_arn
      events        = queue.value.events
      filter_prefix = queue.value.prefix
      filter_suffix = queue.value.suffix
    }
  }
}
