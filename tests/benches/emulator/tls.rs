//! The emulated AWS behind TLS, with a certificate of its own authority.

use std::{fs, io, net::SocketAddr, path::Path, sync::Arc};

use axum::Router;
use rcgen::{CertificateParams, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
    server::TlsStream,
};

/// A listener that axum serves, and the certificate that its clients must trust.
pub struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

/// A server's certificate; created once, because that takes time.
pub struct Identity {
    config: Arc<ServerConfig>,
    certificate: String,
}

impl Identity {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["localhost".into()]).unwrap().self_signed(&key).unwrap();
        let provider = tokio_rustls::rustls::crypto::ring::default_provider();
        let config = ServerConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            );
        Self { config: Arc::new(config.unwrap()), certificate: certificate.pem() }
    }

    /// Adds the certificate to a list of authorities, so that a client reads as much as it would on
    /// a usual system.
    pub fn trusted_with(&self, authorities: &Path, file: &Path) {
        let mut list = fs::read_to_string(authorities).unwrap();
        list.push_str(&self.certificate);
        fs::write(file, list).unwrap();
    }

    /// Serves it, and returns its URL.
    pub async fn serve(&self, router: Router) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        tokio::spawn(axum::serve(TlsListener { listener, acceptor }, router).into_future());
        format!("https://localhost:{port}")
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            // Without it the kernel delays part of an answer by 40 ms.
            stream.set_nodelay(true).unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
