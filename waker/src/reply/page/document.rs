//! The page as a reply: the HTML, and its content security policy.

use askama::Template as _;
use http::{HeaderValue, StatusCode, header};

use super::{template::OwnTemplate, view::View};
use crate::{config::Environment, reply::Reply};

/// By the theme's own template, if there is one.
pub(super) fn reply(view: &View<'_>, environment: &Environment, status: StatusCode) -> Reply {
    let own = environment.theme.template.as_deref();
    let html = own.and_then(|source| OwnTemplate::parse(source).ok()?.render(view).ok());
    // If the theme's template fails on values that its check at start did not have, the built-in one is
    // used. Writing to a String cannot fail.
    let html = html.or_else(|| view.render().ok()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'; img-src data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
        view.nonce
    );
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    Reply::new(status)
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .header(header::CONTENT_LANGUAGE, HeaderValue::from_static(view.lang))
        .header(header::VARY, HeaderValue::from_static("accept-language"))
        .body("text/html; charset=utf-8", html)
}
