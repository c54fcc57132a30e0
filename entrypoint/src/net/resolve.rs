//! Name resolution in Rust, from `/etc/resolv.conf` and `/etc/hosts`.
//!
//! Not the C library's: linked statically, glibc's `getaddrinfo` obeys the image's
//! `nsswitch.conf` and loads the image's NSS modules into this process.

use std::io;
use std::net::IpAddr;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::Name;

/// Finds the addresses of names.
#[derive(Debug, Clone)]
pub(crate) struct Resolver(TokioResolver);

impl Resolver {
    /// A resolver as `/etc/resolv.conf` describes it. Without that file it knows the names in
    /// `/etc/hosts` only.
    pub(crate) fn of_the_system() -> Result<Self, NetError> {
        let mut builder = TokioResolver::builder_tokio().or_else(|error| match &error {
            NetError::Io(cause) if cause.kind() == io::ErrorKind::NotFound => {
                Ok(TokioResolver::builder_with_config(
                    ResolverConfig::default(),
                    TokioRuntimeProvider::default(),
                ))
            }
            _ => Err(error),
        })?;
        let options = builder.options_mut();
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        // What is waited for may change its address, or get its first one, at any moment.
        options.cache_size = 0;
        builder.build().map(Self)
    }

    /// The addresses of a name, at least one; an address is its own.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NetError> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        // Not from_utf8, which refuses the underscores that container networks allow.
        let found = self.0.lookup_ip(Name::from_ascii(host)?).await?;
        Ok(found.iter().collect())
    }
}
