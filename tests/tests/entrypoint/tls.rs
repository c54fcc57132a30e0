//! TLS to a real PostgreSQL, in each of libpq's modes.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reveille_tests::postgres::{self, Options, Postgres, Tls};
use reveille_tests::tools;
use tempfile::TempDir;

use crate::entrypoint::run::Run;

/// Whether a test can run here: it needs a server that offers TLS.
pub fn available(test: &str) -> bool {
    let offered = postgres::offers_tls().unwrap();
    if !offered {
        tools::skip(test, "a PostgreSQL server with TLS", "install postgresql");
    }
    offered
}

/// A server with a certificate for `localhost`, and two files of authorities, the right one and
/// a wrong one.
pub struct Server {
    pub postgres: Postgres,
    pub right: PathBuf,
    wrong: PathBuf,
    _folder: TempDir,
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

pub async fn server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let issuer = authority("the right authority");
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    let (right, wrong) = (folder.path().join("right.pem"), folder.path().join("wrong.pem"));
    std::fs::write(&right, issuer.pem()).unwrap();
    std::fs::write(&wrong, authority("a wrong authority").pem()).unwrap();
    let options = Options {
        tls: Some(Tls { certificate: certificate.pem(), key: key.serialize_pem() }),
        hba: vec!["hostssl all plain 127.0.0.1/32 reject".into()],
        ..Options::default()
    };
    Server { postgres: Postgres::start(&options).await.unwrap(), right, wrong, _folder: folder }
}

impl Server {
    fn run(&self, mode: &str, host: &str) -> Run {
        let run = Run::new().database(&self.postgres).env("DB_HOST", host).env("DB_SSLMODE", mode);
        run.env("ENTRYPOINT_EXPORT", "DSN=conninfo")
    }
}

/// psql's report about its own connection, made with the same string.
const USES_TLS: [&str; 3] =
    ["sh", "-c", "psql \"$DSN\" -Atc 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'"];

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_verifies_what_libpq_verifies() {
    if !available("entrypoint::tls::each_mode_verifies_what_libpq_verifies") {
        return;
    }
    let server = server().await;
    // With the right authority all modes succeed, and libpq agrees. As it logs in over IPv4 to the
    // name's first address, the name must be the certificate's.
    for (mode, tls) in [
        ("disable", "f\n"),
        ("prefer", "t\n"),
        ("require", "t\n"),
        ("verify-ca", "t\n"),
        ("verify-full", "t\n"),
    ] {
        let run = server.run(mode, "localhost").env("DB_SSLROOTCERT", &server.right);
        assert_eq!(run.command(&USES_TLS).await.success(), tls, "{mode}");
    }
    // 127.0.0.1 is not in the certificate: only verify-full fails.
    for mode in ["prefer", "require", "verify-ca"] {
        let run = server.run(mode, "127.0.0.1").env("DB_SSLROOTCERT", &server.right);
        assert_eq!(run.command(&USES_TLS).await.success(), "t\n", "{mode}");
    }
    let run = server.run("verify-full", "127.0.0.1").env("DB_SSLROOTCERT", &server.right);
    run.command(&USES_TLS).await.failure(77, "certificate not valid for name \"127.0.0.1\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_authority_is_refused_where_one_is_asked_for() {
    if !available("entrypoint::tls::a_wrong_authority_is_refused_where_one_is_asked_for") {
        return;
    }
    let server = server().await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let run = server.run(mode, "localhost").env("DB_SSLROOTCERT", &server.wrong);
        run.command(&["echo", "ran"]).await.failure(77, "TLS cannot be trusted or agreed on (");
    }
    let run = server.run("prefer", "localhost").env("DB_SSLROOTCERT", &server.wrong);
    assert_eq!(run.command(&["echo", "ran"]).await.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_file_the_amazon_rds_authorities_count() {
    if !available("entrypoint::tls::without_a_file_the_amazon_rds_authorities_count") {
        return;
    }
    let server = server().await;
    for mode in ["prefer", "require"] {
        let run = server.run(mode, "localhost");
        assert_eq!(run.command(&USES_TLS).await.success(), "t\n", "{mode}");
    }
    for mode in ["verify-ca", "verify-full"] {
        let run = server.run(mode, "localhost");
        run.command(&["echo", "ran"]).await.failure(77, "UnknownIssuer");
    }
    let run = server.run("verify-full", "localhost").env("DB_SSLROOTCERT", "/no/such/file");
    let outcome = run.command(&["echo", "ran"]).await;
    outcome.failure(77, "failed to read the certificates in /no/such/file: No such file or directory");
}

/// A server whose certificate, which says that it is an authority's, is its own root, as created by
/// `openssl req -x509`.
async fn self_signed(last_year: i32) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let mut params = CertificateParams::new(["localhost".into()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let (right, wrong) = (folder.path().join("right.pem"), folder.path().join("wrong.pem"));
    std::fs::write(&right, issuer.pem()).unwrap();
    std::fs::write(&wrong, authority("a wrong authority").pem()).unwrap();
    let tls = Some(Tls { certificate: issuer.pem(), key: issuer.key().serialize_pem() });
    let postgres = Postgres::start(&Options { tls, ..Options::default() }).await.unwrap();
    Server { postgres, right, wrong, _folder: folder }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_certificate_that_is_its_own_root_is_trusted_as_by_libpq() {
    if !available("entrypoint::tls::a_self_signed_certificate_that_is_its_own_root_is_trusted_as_by_libpq") {
        return;
    }
    let server = self_signed(4096).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let run = server.run(mode, "localhost").env("DB_SSLROOTCERT", &server.right);
        assert_eq!(run.command(&USES_TLS).await.success(), "t\n", "{mode}");
        let run = server.run(mode, "localhost").env("DB_SSLROOTCERT", &server.wrong);
        run.command(&["echo", "ran"]).await.failure(77, "TLS cannot be trusted or agreed on (");
    }
    let run = server.run("verify-full", "127.0.0.1").env("DB_SSLROOTCERT", &server.right);
    run.command(&["echo", "ran"]).await.failure(77, "certificate not valid for name \"127.0.0.1\"");

    let expired = self_signed(2001).await;
    let run = expired.run("verify-ca", "localhost").env("DB_SSLROOTCERT", &expired.right);
    run.command(&["echo", "ran"]).await.failure(77, "certificate expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifo_for_certificates_is_refused_at_once() {
    if !available("entrypoint::tls::a_fifo_for_certificates_is_refused_at_once") {
        return;
    }
    let server = server().await;
    let fifo = server.right.with_file_name("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let run = server.run("verify-full", "localhost").env("DB_SSLROOTCERT", &fifo);
    run.command(&["echo", "ran"]).await.failure(77, "fifo: it is not a regular file");
}

#[tokio::test(flavor = "multi_thread")]
async fn prefer_falls_back_to_plain_and_require_does_not() {
    if !available("entrypoint::tls::prefer_falls_back_to_plain_and_require_does_not") {
        return;
    }
    let server = server().await;
    server.postgres.execute("CREATE ROLE plain LOGIN PASSWORD 'p'").await.unwrap();
    let plain = |mode| server.run(mode, "localhost").env("DB_USER", "plain").env("DB_PASSWORD", "p");
    assert_eq!(plain("prefer").command(&USES_TLS).await.success(), "f\n");
    plain("require").command(&USES_TLS).await.failure(77, "the login is not allowed");

    let without_tls = Postgres::start(&Options::default()).await.unwrap();
    let run = |mode| Run::new().database(&without_tls).env("DB_SSLMODE", mode);
    assert_eq!(run("prefer").command(&["echo", "ran"]).await.success(), "ran\n");
    for mode in ["require", "verify-ca", "verify-full"] {
        let outcome = run(mode).command(&["echo", "ran"]).await;
        outcome.failure(77, "the server does not offer TLS, and DB_SSLMODE asks for it");
    }
}
