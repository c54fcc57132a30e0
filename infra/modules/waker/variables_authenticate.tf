variable "authenticate" {
  description = <<-EOT
    A login at the load balancer, by environment: `oidc` or `cognito`, with AWS's own argument names. It precedes the status rule, so that reading the status and asking for a wake need it, and the route's forward when the route is created. Afterwards the waker owns the route's actions and keeps the login unchanged: change it there by hand as well. The listener must be HTTPS.
    `on_unauthenticated_request`: `authenticate`, `deny` or `allow`. The waker gets the permission for Cognito by itself.
  EOT
  type = map(object({
    oidc = optional(object({
      issuer                 = string
      authorization_endpoint = string
      token_endpoint         = string
      user_info_endpoint     = string
      client_id              = string
      client_secret          = string
    }))
    cognito = optional(object({
      user_pool_arn       = string
      user_pool_client_id = string
      user_pool_domain    = string
    }))
    scope                      = optional(string, "openid")
    session_cookie_name        = optional(string, "AWSELBAuthSessionCookie")
    session_timeout            = optional(number, 604800)
    on_unauthenticated_request = optional(string, "authenticate")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for login in var.authenticate : (login.oidc == null) != (login.cognito == null)])
    error_message = "Each login of authenticate must be either oidc or cognito."
  }

  validation {
    condition     = alltrue([for login in var.authenticate : contains(["authenticate", "deny", "allow"], login.on_unauthenticated_request)])
    error_message = "on_unauthenticated_request must be authenticate, deny or allow."
  }

  validation {
    condition     = alltrue([for login in var.authenticate : login.session_timeout >= 1 && login.session_timeout <= 604800])
    error_message = "session_timeout must be from 1 to 604800 seconds."
  }
}
