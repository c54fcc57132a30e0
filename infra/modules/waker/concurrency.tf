# The account's concurrent executions are shared by all its functions in the region, and a new account has
# few: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
check "account_concurrency" {
  assert {
    condition     = try(var.account_concurrency >= 100, var.account_concurrency == null)
    error_message = "All functions of this account and region together may run ${coalesce(var.account_concurrency, 0)} times at once. Each client that is held during a wake takes one, and above the quota visitors get 502 and ticks are dropped: ask AWS for at least 1,000 (Service Quotas, Lambda, Concurrent executions)."
  }
}
