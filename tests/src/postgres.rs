//! A real PostgreSQL server on loopback, which lives as long as its value.
//!
//! Many of Reveille's guarantees are about a database that is not ready yet, and only the real
//! server shows what a client then gets. Each server has its own data directory, copied from a
//! template that `initdb` creates once per version.

mod binaries;
mod data;

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::iter;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

use binaries::Binaries;

/// How long a server may take to accept its first login. It takes 0.1 s on an idle machine.
const START_LIMIT: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(20);
/// A free port can be taken by another process before the server binds it.
const PORT_TRIES: usize = 5;

/// Settings of a server beyond the defaults.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Lines of `pg_hba.conf` that come before the default, which is password login for all.
    pub hba: Vec<String>,
    /// If set, the server offers TLS.
    pub tls: Option<Tls>,
    /// Connections in all; PostgreSQL reserves three of them for superusers. Its default is 100.
    pub max_connections: Option<u16>,
    /// A server in recovery refuses every login with 57P03, like one that is starting up, until
    /// [`Postgres::promote`].
    pub in_recovery: bool,
}

/// The server's certificate chain and key, in PEM.
#[derive(Debug, Clone)]
pub struct Tls {
    pub certificate: String,
    pub key: String,
}

/// A running, or stopped, server. Dropping it ends the server; so does the end of the thread
/// that started it.
#[derive(Debug)]
pub struct Postgres {
    binaries: Binaries,
    directory: TempDir,
    port: u16,
    in_recovery: bool,
    server: Option<Child>,
}

/// Whether the servers here can offer TLS. Those of the wheel, the fallback on a system without
/// PostgreSQL, cannot.
pub fn offers_tls() -> Result<bool> {
    Binaries::find()?.offer_tls()
}

/// Installs PostgreSQL where the system has none, and makes the template. Blocks.
pub fn install() -> Result<()> {
    data::template(&Binaries::find()?)?;
    Ok(())
}

impl Postgres {
    pub const HOST: &str = "127.0.0.1";
    pub const USER: &str = "postgres";
    pub const PASSWORD: &str = "superuser-password";
    pub const DATABASE: &str = "postgres";

    /// Starts a server and returns when it accepts a login, or, in recovery, refuses it.
    pub async fn start(options: &Options) -> Result<Self> {
        let (binaries, directory) = tokio::task::spawn_blocking({
            let options = options.clone();
            move || -> Result<_> {
                let binaries = Binaries::find()?;
                let directory = data::directory(&binaries, &options)?;
                Ok((binaries, directory))
            }
        })
        .await??;
        let mut postgres =
            Self { binaries, directory, port: 0, in_recovery: options.in_recovery, server: None };
        for _ in 0..PORT_TRIES {
            postgres.port = free_port()?;
            match postgres.start_again().await {
                Err(_) if postgres.log().contains("could not bind") => {}
                result => return result.map(|()| postgres),
            }
        }
        bail!("PostgreSQL found no free port in {PORT_TRIES} tries")
    }

    /// The port, on [`Self::HOST`]; it stays the same when the server is stopped and started.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The superuser's conninfo.
    pub fn conninfo(&self) -> String {
        format!(
            "host={} port={} user={} password={} dbname={}",
            Self::HOST,
            self.port,
            Self::USER,
            Self::PASSWORD,
            Self::DATABASE
        )
    }

    /// A connection as superuser, which ends when the client is dropped.
    pub async fn client(&self) -> Result<Client> {
        self.login().await.context("failed to log in as superuser")
    }

    /// Runs SQL as superuser.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        let client = self.client().await?;
        client.batch_execute(sql).await.context("the SQL failed")
    }

    /// The server's log since its last start.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Ends the server: connections break, later ones are refused.
    pub async fn stop(&mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else {
            bail!("the server is stopped already");
        };
        signal(&server, Signal::SIGINT)?;
        tokio::task::spawn_blocking(move || server.wait()).await??;
        Ok(())
    }

    /// Starts a stopped server, on the same port and with the same data.
    pub async fn start_again(&mut self) -> Result<()> {
        if self.server.is_some() {
            bail!("the server is running already");
        }
        self.spawn()?;
        let result = self.wait_until_up().await;
        if result.is_err() {
            self.kill();
        }
        result
    }

    /// Starts a stopped server and returns at once, while it is still starting.
    pub fn spawn(&mut self) -> Result<()> {
        let log = File::create(self.log_path())?;
        let server = self
            .binaries
            .unprivileged("postgres")
            .arg("-D")
            .arg(self.directory.path().join(data::DIRECTORY))
            .args(["-c", &format!("port={}", self.port)])
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("failed to start PostgreSQL")?;
        self.server = Some(server);
        Ok(())
    }

    /// Ends recovery: logins are accepted from now on.
    pub fn promote(&mut self) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let output = self
                .binaries
                .unprivileged("pg_ctl")
                .args(["promote", "--silent", "-D"])
                .arg(self.directory.path().join(data::DIRECTORY))
                .current_dir(self.directory.path())
                .output()?;
            if output.status.success() {
                break;
            }
            // A server that has just begun to start has not recorded yet that it is in recovery.
            if Instant::now() > deadline {
                bail!("pg_ctl promote failed: {}", String::from_utf8_lossy(&output.stderr));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.in_recovery = false;
        Ok(())
    }

    /// A command of this server's own version (`psql`, for instance), under the caller's user.
    pub fn tool(&self, name: &str) -> Command {
        self.binaries.command(name)
    }

    /// This program's PATH with this server's commands in front.
    pub fn path(&self) -> Result<OsString> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = iter::once(self.binaries.folder().to_owned()).chain(env::split_paths(&path));
        Ok(env::join_paths(folders)?)
    }

    async fn login(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(&self.conninfo(), NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    async fn wait_until_up(&mut self) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let Err(error) = self.login().await else {
                return Ok(());
            };
            if self.in_recovery && error.code() == Some(&SqlState::CANNOT_CONNECT_NOW) {
                return Ok(());
            }
            if let Some(server) = &mut self.server
                && let Some(status) = server.try_wait()?
            {
                self.server = None;
                bail!("PostgreSQL ended with {status}:\n{}", self.log());
            }
            if Instant::now() > deadline {
                bail!("PostgreSQL is not up: {error}\n{}", self.log());
            }
            sleep(POLL).await;
        }
    }

    fn log_path(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            // An immediate shutdown; SIGKILL would leave its shared memory behind.
            let _ = signal(&server, Signal::SIGQUIT);
            let _ = server.wait();
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

fn signal(process: &Child, signal: Signal) -> Result<()> {
    kill(Pid::from_raw(process.id().try_into()?), signal)?;
    Ok(())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Postgres::HOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_keeps_its_data_and_port_when_it_is_stopped_and_started() {
        let mut postgres = Postgres::start(&Options::default()).await.unwrap();
        postgres.execute("CREATE TABLE kept ()").await.unwrap();
        let port = postgres.port();
        postgres.stop().await.unwrap();
        assert!(postgres.client().await.is_err());
        postgres.start_again().await.unwrap();
        assert_eq!(postgres.port(), port);
        postgres.execute("TABLE kept").await.unwrap();
    }

    #[tokio::test]
    async fn a_server_in_recovery_refuses_until_it_is_promoted() {
        let options = Options { in_recovery: true, ..Options::default() };
        let mut postgres = Postgres::start(&options).await.unwrap();
        let refused = postgres.login().await.unwrap_err();
        assert_eq!(refused.code(), Some(&SqlState::CANNOT_CONNECT_NOW));
        postgres.promote().unwrap();
        postgres.wait_until_up().await.unwrap();
    }

    #[tokio::test]
    async fn a_dropped_server_is_gone() {
        let postgres = Postgres::start(&Options::default()).await.unwrap();
        let (port, directory) = (postgres.port(), postgres.directory.path().to_owned());
        drop(postgres);
        assert!(std::net::TcpStream::connect((Postgres::HOST, port)).is_err());
        assert!(!directory.exists());
    }
}
