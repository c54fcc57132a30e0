//! One login to the database, like the app's.
//!
//! Only a login proves that an app could log in: `pg_isready` also reports a server without free
//! connections, or with another password, as ready. TLS is negotiated here and not in
//! tokio-postgres, which knows three of libpq's modes and does not say why a handshake failed.
//!
//! [`connect`] keeps the login for statements; [`login`] ends it at once.

use std::io;
use std::time::Duration;

use rustls::RootCertStore;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Connection, NoTls};

use super::Failure;
use super::login_guard::{GuardError, Guarded, Trust};
use crate::chain::quote;
use crate::connection::{Database, SslMode};
use crate::net::dial::dial;
use crate::net::resolve::Resolver;
use crate::net::roots::{self, RootsError};
use crate::net::tls::{self, Verify};
use crate::secret::Secret;

/// The length, 8, and the code 80877103. Source: PostgreSQL documentation, "Message Formats",
/// `SSLRequest`.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A logged-in connection, encrypted or not. Behind one pointer, because each stream type would add
/// another copy of the whole protocol to the binary.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// An open login. The guard stays, so that its limit applies to all answers together.
pub(crate) struct Session {
    client: Client,
    connection: Connection<Guarded<Box<dyn Socket>>, NoTlsStream>,
}

impl Session {
    /// Does some work, and logs out.
    pub(crate) async fn work<T>(
        self,
        work: impl AsyncFnOnce(&Client) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Self { client, connection } = self;
        let working = async {
            let result = work(&client).await;
            // Closes the session, so that the server does not log a lost connection. The work is
            // done whether or not that arrives.
            drop(client);
            result
        };
        match tokio::join!(working, connection) {
            // The statement's error says that the connection has ended, and the connection's error
            // why.
            (Err(Failure::Broken(_)), Err(error)) => Err(Failure::login(&error)),
            (result, _) => result,
        }
    }
}

/// Logs in and out. Connecting may take `limit`; the rest is bounded by the caller.
pub(super) async fn login(database: &Database, resolver: &Resolver, limit: Duration) -> Result<(), Failure> {
    connect(database, resolver, limit).await?.work(async |_| Ok(())).await
}

/// Logs in. Connecting may take `limit`; the rest is bounded by the caller.
pub(crate) async fn connect(
    database: &Database,
    resolver: &Resolver,
    limit: Duration,
) -> Result<Session, Failure> {
    let dial = async || dial(resolver, &database.host, database.port, limit).await;
    match database.sslmode.unwrap_or(SslMode::Prefer) {
        SslMode::Disable => without_tls(dial().await?, database).await,
        // Like libpq: if TLS or the login over TLS is refused, it tries without.
        SslMode::Prefer => match over_tls(dial().await?, database).await {
            Err(Failure::TlsNotOffered | Failure::Tls(_) | Failure::NotAllowed(_)) => {
                without_tls(dial().await?, database).await
            }
            result => result,
        },
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => over_tls(dial().await?, database).await,
    }
}

async fn without_tls(stream: TcpStream, database: &Database) -> Result<Session, Failure> {
    let server = stream.peer_addr().map_err(|error| broken(&error))?;
    startup(Box::new(stream), database, Trust::without_tls(database.sslmode, server)).await
}

async fn over_tls(mut stream: TcpStream, database: &Database) -> Result<Session, Failure> {
    let verify = verify(database)?;
    let server = stream.peer_addr().map_err(|error| broken(&error))?;
    let trust = Trust::over_tls(&verify, server);
    let config = tls::client_config(verify);
    stream.write_all(&SSL_REQUEST).await.map_err(|error| broken(&error))?;
    // Only one byte: what follows it must be TLS, or else it was injected before TLS.
    match stream.read_u8().await.map_err(|error| broken(&error))? {
        b'S' => {}
        b'N' => return Err(Failure::TlsNotOffered),
        // The server cannot start a process for the connection.
        b'E' => return Err(Failure::NotReady("an error instead of an answer about TLS".into())),
        other => {
            return Err(Failure::NotPostgres(format!("it answers the request for TLS with {other:#04x}")));
        }
    }
    let stream = tls::handshake(config, &database.host, stream).await;
    startup(Box::new(stream.map_err(|error| Failure::handshake(&error))?), database, trust).await
}

/// What libpq verifies in each mode; with the Amazon RDS roots if no file is given.
fn verify(database: &Database) -> Result<Verify, RootsError> {
    let mut given = RootCertStore::empty();
    if let Some(path) = &database.sslrootcert {
        roots::add_file(&mut given, path)?;
    }
    let roots = || if database.sslrootcert.is_some() { given } else { roots::amazon_rds() };
    Ok(match database.sslmode.unwrap_or(SslMode::Prefer) {
        SslMode::Disable | SslMode::Prefer => Verify::Nothing,
        SslMode::Require if database.sslrootcert.is_none() => Verify::Nothing,
        SslMode::Require | SslMode::VerifyCa => Verify::Chain(roots()),
        SslMode::VerifyFull => Verify::ChainAndName(roots()),
    })
}

async fn startup(stream: Box<dyn Socket>, database: &Database, trust: Trust) -> Result<Session, Failure> {
    let mut config = tokio_postgres::Config::new();
    config
        .dbname(&database.name)
        .user(&database.user)
        .application_name("entrypoint")
        .ssl_mode(tokio_postgres::config::SslMode::Disable);
    if let Some(password) = database.password.as_ref().map(Secret::expose) {
        config.password(password);
    }
    let stream = Guarded::new(stream, trust);
    let (client, connection) =
        config.connect_raw(stream, NoTls).await.map_err(|error| Failure::login(&error))?;
    Ok(Session { client, connection })
}

fn broken(error: &io::Error) -> Failure {
    Failure::Broken(error.to_string())
}

impl Failure {
    /// Classifies a failed statement.
    pub(crate) fn statement(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(refusal) => Self::sqlstate_of_statement(refusal.code(), quote(&refusal.to_string())),
            None => Self::login(error),
        }
    }

    fn login(error: &tokio_postgres::Error) -> Self {
        use std::error::Error;
        if let Some(refusal) = error.as_db_error() {
            return Self::sqlstate(refusal.code(), quote(&refusal.to_string()));
        }
        let cause = error.source();
        let text = quote(&cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")));
        let cause = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
        match cause.and_then(|cause| cause.get_ref()?.downcast_ref()) {
            Some(GuardError::Cleartext) => return Self::CleartextPassword,
            Some(error @ GuardError::TooLong) => return Self::NotPostgres(error.to_string()),
            None => {}
        }
        match cause {
            None if error.is_closed() => Self::Broken(text),
            Some(cause) if is_of_the_connection(cause.kind()) => Self::Broken(text),
            // An unknown authentication method, or a wrong proof of the server.
            _ if error.to_string().contains("auth") || text.contains("password") => Self::Refused(text),
            _ => Self::NotPostgres(text),
        }
    }

    /// Classifies an error that the server sends at login.
    fn sqlstate(code: &SqlState, text: String) -> Self {
        match code.code() {
            "28P01" => Self::WrongPassword(text),
            "28000" if lacks_tls(&text) => Self::NotAllowedWithoutTls(text),
            "28000" => Self::NotAllowed(text),
            "3D000" => Self::NoDatabase(text),
            "55000" | "0A000" => Self::Refused(text),
            code if code.starts_with("53") => Self::Crowded(text),
            code if code.starts_with("42") || code.starts_with("22") => Self::Refused(text),
            _ => Self::NotReady(text),
        }
    }

    /// Classifies an error that the server sends in answer to a statement.
    fn sqlstate_of_statement(code: &SqlState, text: String) -> Self {
        match code.code() {
            // Two tasks created the same row of a catalogue, or changed it (XX000, "tuple
            // concurrently updated"), or waited for each other.
            "23505" | "40001" | "40P01" | "42710" | "55P03" | "XX000" => Self::Contended(text),
            "42501" => Self::NotPermitted(text),
            // A standby, such as the old writer for a moment after a failover.
            "25006" => Self::NotReady(text),
            code if code.starts_with("08") || code.starts_with("57") => Self::NotReady(text),
            code if code.starts_with("53") => Self::Crowded(text),
            _ => Self::Statement(text),
        }
    }
}

/// PostgreSQL 12 and later say "no encryption", earlier ones "SSL off".
fn lacks_tls(text: &str) -> bool {
    text.contains("no encryption") || text.contains("SSL off")
}

fn is_of_the_connection(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        kind,
        Kind::BrokenPipe
            | Kind::ConnectionAborted
            | Kind::ConnectionReset
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NotConnected
            | Kind::TimedOut
            | Kind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::fixture::database;
    use crate::wait::Retry;
    use tokio::time::timeout;

    /// Source: PostgreSQL documentation, Appendix A, "PostgreSQL Error Codes".
    #[test]
    fn each_sqlstate_has_its_class() {
        for (code, variant, retry) in [
            ("57P01", "NotReady", Retry::Soon),
            ("57P02", "NotReady", Retry::Soon),
            ("57P03", "NotReady", Retry::Soon),
            ("08006", "NotReady", Retry::Soon),
            ("XX000", "NotReady", Retry::Soon),
            ("53300", "Crowded", Retry::Later),
            ("53200", "Crowded", Retry::Later),
            ("28P01", "WrongPassword", Retry::Never),
            ("28000", "NotAllowed", Retry::Never),
            ("3D000", "NoDatabase", Retry::Never),
            ("42501", "Refused", Retry::Never),
            ("42704", "Refused", Retry::Never),
            ("55000", "Refused", Retry::Never),
            ("0A000", "Refused", Retry::Never),
            ("22023", "Refused", Retry::Never),
        ] {
            let failure = Failure::sqlstate(&SqlState::from_code(code), "text".into());
            assert_eq!(failure.retry(), retry, "{code}");
            assert_eq!(format!("{failure:?}"), format!("{variant}(\"text\")"), "{code}");
        }
    }

    #[test]
    fn each_sqlstate_of_a_statement_has_its_class() {
        for (code, variant, retry) in [
            ("23505", "Contended", Retry::Soon),
            ("40001", "Contended", Retry::Soon),
            ("40P01", "Contended", Retry::Soon),
            ("42710", "Contended", Retry::Soon),
            ("55P03", "Contended", Retry::Soon),
            ("XX000", "Contended", Retry::Soon),
            ("08006", "NotReady", Retry::Soon),
            ("25006", "NotReady", Retry::Soon),
            ("57P01", "NotReady", Retry::Soon),
            ("53200", "Crowded", Retry::Later),
            ("42501", "NotPermitted", Retry::Never),
            ("22023", "Statement", Retry::Never),
            ("42601", "Statement", Retry::Never),
            ("P0001", "Statement", Retry::Never),
        ] {
            let failure = Failure::sqlstate_of_statement(&SqlState::from_code(code), "text".into());
            assert_eq!(failure.retry(), retry, "{code}");
            assert_eq!(format!("{failure:?}"), format!("{variant}(\"text\")"), "{code}");
        }
    }

    /// The result of a login to a server that always sends this, and whether the client sent the
    /// password.
    async fn login_at(says: &[u8], trust: Trust) -> (Failure, bool) {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        let database = database("hunter2");
        let server = async {
            let _ = theirs.write_all(says).await;
            let mut heard = Vec::new();
            let _ = timeout(Duration::from_secs(1), theirs.read_to_end(&mut heard)).await;
            drop(theirs);
            heard
        };
        let (session, heard) = tokio::join!(startup(Box::new(ours), &database, trust), server);
        (session.err().unwrap(), String::from_utf8_lossy(&heard).contains("hunter2"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_not_verified_does_not_get_the_password() {
        let asks = b"R\0\0\0\x08\0\0\0\x03";
        let (failure, told) = login_at(asks, Trust::Unverified).await;
        assert!(matches!(failure, Failure::CleartextPassword) && !told, "{failure:?}");
        let (_, told) = login_at(asks, Trust::Trusted).await;
        assert!(told);
        // Only the password's hash is sent: clusters with users from before PostgreSQL 14 ask for
        // that.
        let (failure, told) = login_at(b"R\0\0\0\x0c\0\0\0\x05salt", Trust::Unverified).await;
        assert!(matches!(failure, Failure::Broken(_)) && !told, "{failure:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_of_two_gigabytes_is_not_read() {
        let says = [&b"E\x7f\xff\xff\xff"[..], &vec![b'x'; 2 << 20]].concat();
        let (failure, _) = login_at(&says, Trust::Trusted).await;
        assert!(matches!(&failure, Failure::NotPostgres(text) if text.contains("1048576")), "{failure:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_server_says_is_cut() {
        let text = "x".repeat(500_000);
        let fields = format!("SFATAL\0VFATAL\0C28P01\0M{text}\0\0");
        let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
        let says = [b"E", &length[..], fields.as_bytes()].concat();
        let (failure, _) = login_at(&says, Trust::Trusted).await;
        assert!(matches!(&failure, Failure::WrongPassword(text) if text.len() < 2_000), "{failure:?}");
    }

    #[test]
    fn the_lack_of_tls_is_recognised_in_new_and_old_words() {
        for text in [
            "no pg_hba.conf entry for host \"10.0.0.1\", user \"a\", database \"b\", no encryption",
            "no pg_hba.conf entry for host \"10.0.0.1\", user \"a\", database \"b\", SSL off",
        ] {
            let failure = Failure::sqlstate(&SqlState::from_code("28000"), text.into());
            assert!(matches!(failure, Failure::NotAllowedWithoutTls(_)), "{text}");
        }
    }

    #[test]
    fn what_is_verified_follows_the_mode_and_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/roots/amazon-rds.pem");
        let first: String = std::fs::read_to_string(bundle)
            .unwrap()
            .split_inclusive("END CERTIFICATE-----\n")
            .take(1)
            .collect();
        std::fs::write(&file, first).unwrap();
        let all = roots::amazon_rds().len();
        for (mode, with_file, without) in [
            (None, "nothing", "nothing".to_owned()),
            (Some(SslMode::Prefer), "nothing", "nothing".into()),
            (Some(SslMode::Require), "chain 1", "nothing".into()),
            (Some(SslMode::VerifyCa), "chain 1", format!("chain {all}")),
            (Some(SslMode::VerifyFull), "name 1", format!("name {all}")),
        ] {
            let verified = |sslrootcert| {
                let database = Database { sslmode: mode, sslrootcert, ..database("") };
                match verify(&database).unwrap() {
                    Verify::Nothing => "nothing".to_owned(),
                    Verify::Chain(roots) => format!("chain {}", roots.len()),
                    Verify::ChainAndName(roots) => format!("name {}", roots.len()),
                }
            };
            assert_eq!(verified(Some(file.clone())), with_file, "{mode:?}");
            assert_eq!(verified(None), without, "{mode:?}");
        }
    }
}
