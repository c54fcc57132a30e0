//! An endpoint behind TLS, with a certificate that is its own authority.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::server::{Respond, accept, connection, listen};

/// The certificate of a server on `localhost`. Making one takes time.
#[derive(Debug)]
pub struct Identity {
    config: Arc<ServerConfig>,
    /// In PEM: what its clients must trust.
    pub certificate: String,
}

impl Identity {
    pub fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(["localhost".into()])?.self_signed(&key)?;
        let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| anyhow!("{error}"))?;
        let config = ServerConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        Ok(Self { config: Arc::new(config), certificate: certificate.pem() })
    }

    /// Serves it on loopback until the runtime ends.
    pub async fn serve(&self, responder: Arc<impl Respond>) -> io::Result<SocketAddr> {
        let (listener, address) = listen().await?;
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        tokio::spawn(async move {
            while let Ok(stream) = accept(&listener).await {
                let (acceptor, responder) = (acceptor.clone(), Arc::clone(&responder));
                tokio::spawn(async move {
                    // A client that does not trust the certificate disconnects.
                    if let Ok(stream) = acceptor.accept(stream).await {
                        connection(stream, responder).await;
                    }
                });
            }
        });
        Ok(address)
    }
}
