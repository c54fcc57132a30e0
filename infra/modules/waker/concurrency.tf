# The account's concurrent executions are shared by all its functions in the region, and a new account has
# few: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
data "aws_servicequotas_service_quota" "concurrency" {
  count        = var.check_account_concurrency ? 1 : 0
  service_code = "lambda"
  quota_code   = "L-B99A9384"
}

check "account_concurrency" {
  assert {
    condition     = alltrue([for quota in data.aws_servicequotas_service_quota.concurrency : quota.value >= 100])
    error_message = "All functions of this account and region together may run ${join("", data.aws_servicequotas_service_quota.concurrency[*].value)} times at once. Each client that is held during a wake takes one, and above the quota visitors get 502 and ticks are dropped: ask AWS for at least 1,000 (Service Quotas, Lambda, Concurrent executions)."
  }
}
