//! A TCP connection to a name.

use std::io;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::resolve::{ResolveError, Resolver};

/// Why there is no connection.
#[derive(Debug, Error)]
pub(crate) enum DialError {
    /// A separate step, to tell a wrong name from a database that is down.
    #[error("its name does not resolve ({0})")]
    Unresolved(ResolveError),
    #[error("no connection ({0})")]
    Unreachable(io::Error),
}

/// Connects to the first address of the host that accepts. Each address gets its share of `limit`,
/// so that one that drops packets does not use up the time of the others.
pub(crate) async fn dial(
    resolver: &Resolver,
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<TcpStream, DialError> {
    let addresses = resolver.addresses(host).await.map_err(DialError::Unresolved)?;
    let share = limit / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match timeout(share, TcpStream::connect((address, port))).await {
            Ok(Ok(stream)) => {
                // All exchanges here are short requests and responses.
                stream.set_nodelay(true).map_err(DialError::Unreachable)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(DialError::Unreachable(last))
}
