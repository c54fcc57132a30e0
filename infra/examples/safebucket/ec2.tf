# The same permissions for Safebucket on an EC2 instance.
resource "aws_iam_role" "ec2" {
  count = var.ec2 ? 1 : 0
  name  = "${local.name}-ec2"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "ec2" {
  for_each = var.ec2 ? { task = module.safebucket_task.task_policy_json, events = module.events.policy_json, notifications = module.notifications.policy_json } : {}
  name     = each.key
  role     = aws_iam_role.ec2[0].id
  policy   = each.value
}

resource "aws_iam_instance_profile" "ec2" {
  count = var.ec2 ? 1 : 0
  name  = "${local.name}-ec2"
  role  = aws_iam_role.ec2[0].name
}
