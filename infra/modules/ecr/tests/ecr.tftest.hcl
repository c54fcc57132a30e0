mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "team/app"
}

run "defaults" {
  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE" && one(aws_ecr_repository.this.image_scanning_configuration).scan_on_push && one(aws_ecr_repository.this.encryption_configuration).encryption_type == "KMS"
    error_message = "Fixed tags, scans, KMS."
  }
  assert {
    condition     = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.countNumber] == [7, 30] && length(aws_ecr_repository_policy.this) == 0
    error_message = "Old images go, and no other account pulls."
  }
}

run "everything" {
  variables {
    mutable_tags  = true
    keep_images   = 5
    pull_accounts = ["444455556666"]
  }
  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "MUTABLE" && jsondecode(aws_ecr_repository_policy.this[0].policy).Statement[0].Principal.AWS == ["arn:aws:iam::444455556666:root"]
    error_message = "Another account pulls."
  }
}
