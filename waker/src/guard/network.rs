//! From which network a request comes.
//!
//! The load balancer appends the address of the sender to `X-Forwarded-For`, after the client's own
//! value ([append mode]). So only the last address is from the load balancer; the client can forge
//! every earlier one. Behind another proxy, such as a CDN, the last one is that proxy's address.
//!
//! [append mode]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html

use std::net::{IpAddr, SocketAddr};

use http::HeaderName;

use crate::{config::Network, event::Request};

/// Whether the load balancer got the request from one of these networks.
pub(super) fn is_from(networks: &[Network], request: &Request) -> bool {
    let Some(address) = peer(request) else { return false };
    networks.iter().any(|network| network.contains(address))
}

fn peer(request: &Request) -> Option<IpAddr> {
    let name = HeaderName::from_static("x-forwarded-for");
    let last = request.headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let hop = last.rsplit(',').next()?.trim();
    // With client port preservation, a port follows the address.
    let address = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|hop| hop.ip()));
    address.ok().map(|address| address.to_canonical())
}
