//! Names, connections, TLS and HTTP, for the wait and the AWS client.

pub(crate) mod dial;
mod dns;
pub(crate) mod http;
pub(crate) mod resolve;
pub(crate) mod roots;
pub(crate) mod tls;
