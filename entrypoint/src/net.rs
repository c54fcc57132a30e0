//! Names, connections, TLS and HTTP: what the waiting and the AWS client share.

pub(crate) mod dial;
mod dns;
pub(crate) mod http;
pub(crate) mod resolve;
pub(crate) mod roots;
pub(crate) mod tls;
