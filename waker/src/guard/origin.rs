//! Whether a POST that wakes comes from the environment's own page.

use http::{HeaderName, Uri, header};

use crate::event::Request;

/// By `Sec-Fetch-Site`, which a page cannot forge ([Fetch Metadata]), or else by `Origin`, which must
/// name the request's own host. A request with neither does not come from a browser, and is refused as
/// well: a program can send an `Origin`.
///
/// The scheme is not compared: the load balancer terminates TLS, and may be behind a proxy that does.
///
/// [Fetch Metadata]: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
pub fn is_same_origin(request: &Request) -> bool {
    let mut sites = request.texts(HeaderName::from_static("sec-fetch-site")).peekable();
    if sites.peek().is_some() {
        return sites.all(|site| site == "same-origin");
    }
    let mut origins = request.texts(header::ORIGIN);
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    let origin = origin.parse::<Uri>().ok();
    let host = request.host().and_then(|host| host.parse::<http::uri::Authority>().ok());
    match (origin, host) {
        (Some(origin), Some(host)) => origin.authority().is_some_and(|origin| {
            origin.host().eq_ignore_ascii_case(host.host()) && origin.port_u16() == host.port_u16()
        }),
        _ => false,
    }
}
