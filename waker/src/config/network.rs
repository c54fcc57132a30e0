use std::net::IpAddr;

use ipnet::IpNet;

/// A network such as `203.0.113.0/24` or `2001:db8::/32`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// None for an invalid network, or one with bits set beyond its prefix.
    pub fn parse(text: &str) -> Option<Self> {
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()?;
        (net.trunc() == net).then_some(Self(net))
    }

    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}
