# Written by infra/root from modules/waker.
terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81, < 7"
    }
  }
}
