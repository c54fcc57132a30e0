//! From which network a request comes.
//!
//! The load balancer appends the address that it got the request from to
//! `X-Forwarded-For`, after whatever the client had sent ([append mode]). So the last
//! address is the load balancer's own word, and every one before it a claim that
//! anybody can make: only the last one counts. Behind another proxy, such as a CDN, that
//! is the proxy's address.
//!
//! [append mode]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html

use std::net::{IpAddr, SocketAddr};

use http::HeaderName;

use crate::{config::Network, event::Request};

/// Whether the load balancer got the request from one of them.
pub(super) fn is_from(networks: &[Network], request: &Request) -> bool {
    let Some(address) = peer(request) else { return false };
    networks.iter().any(|network| network.contains(address))
}

fn peer(request: &Request) -> Option<IpAddr> {
    let name = HeaderName::from_static("x-forwarded-for");
    let last = request.headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let hop = last.rsplit(',').next()?.trim();
    // With client port preservation, a port follows.
    let address = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|hop| hop.ip()));
    address.ok().map(|address| address.to_canonical())
}
