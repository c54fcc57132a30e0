//! Programs that start in front of an app and wait for its database.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Result;
use reveille_tests::{binaries::entrypoint, postgres::Postgres};

use crate::registry;

pub const APP: &str = "/bin/true";

/// The folder of the server's own programs, to which links may lead.
pub fn postgres_folder(postgres: &Postgres) -> PathBuf {
    let server = Path::new(postgres.tool("postgres").get_program()).canonicalize().unwrap();
    server.parent().unwrap().to_owned()
}

/// A task definition without a wrapper: escape the password, build the connection string, repeat
/// until the server is up.
const SHELL: &str = r#"
pw_esc=`printf %s "$DB_PASSWORD" | sed "s/'/''/g"`
export DATABASE_URL="host=$DB_HOST port=$DB_PORT user=$DB_USER password='$pw_esc' dbname=$DB_NAME sslmode=disable"
until ASK; do sleep 1; done
exec "$0"
"#;
/// Whether it accepts connections, and whether it accepts the app's login.
const PG_ISREADY: &str = r#"pg_isready --quiet --host="$DB_HOST" --port="$DB_PORT""#;
const PSQL: &str = r#"psql --quiet --no-psqlrc --command='' "$DATABASE_URL""#;

pub struct Contestant {
    pub name: &'static str,
    program: PathBuf,
    /// `%PORT%` stands for the database's port.
    arguments: Vec<String>,
    /// A folder in front of the others in PATH.
    path: Option<PathBuf>,
    /// Whether it checks the server, and not only that the port is open.
    pub asks_the_server: bool,
    only_the_port: bool,
}

impl Contestant {
    fn new(name: &'static str, program: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self {
            name,
            program: program.into(),
            arguments,
            path: None,
            asks_the_server: false,
            only_the_port: false,
        }
    }

    pub fn entrypoint() -> Self {
        Self { asks_the_server: true, ..Self::new("entrypoint", entrypoint().unwrap(), &["--", APP]) }
    }

    /// Waits only for the port, like the wrappers, and still builds the connection string.
    pub fn entrypoint_for_the_port() -> Self {
        Self {
            only_the_port: true,
            ..Self::new("entrypoint, for the port", entrypoint().unwrap(), &["--", APP])
        }
    }

    /// With PostgreSQL's programs themselves, because Debian's wrapper of them is slower.
    pub fn shells(postgres: &Postgres) -> [Self; 2] {
        [("sh, sed, a pg_isready loop", PG_ISREADY), ("sh, sed, a psql loop", PSQL)].map(|(name, ask)| Self {
            path: Some(postgres_folder(postgres)),
            asks_the_server: true,
            ..Self::new(name, "/bin/sh", &["-c", &SHELL.replace("ASK", ask), APP])
        })
    }

    /// Wrappers from registries, and why one is not available.
    pub fn wrappers() -> [(&'static str, Result<Self>); 3] {
        let debian = registry::debian().map(|script| {
            let arguments = [script.to_str().unwrap(), "-q", "127.0.0.1:%PORT%", "--", APP];
            Self::new("wait-for-it (Debian, bash)", "/bin/bash", &arguments)
        });
        let pypi = registry::pypi().map(|script| {
            let arguments = ["-q", "-s", "127.0.0.1:%PORT%", "--", APP];
            Self::new("wait-for-it (PyPI)", script, &arguments)
        });
        let npm = registry::npm().map(|script| {
            // It only waits: a shell becomes the app.
            let line = format!("{} tcp:127.0.0.1:%PORT% && exec {APP}", script.display());
            Self::new("wait-on (npm)", "/bin/sh", &["-c", &line])
        });
        [("wait-for-it of Debian", debian), ("wait-for-it of PyPI", pypi), ("wait-on of npm", npm)]
    }

    /// With a task's environment, and the database at this port.
    pub fn command(&self, port: u16) -> Command {
        let port = port.to_string();
        let mut command = Command::new(&self.program);
        command.args(self.arguments.iter().map(|argument| argument.replace("%PORT%", &port)));
        let usual = std::env::var("PATH").unwrap();
        let path = match &self.path {
            Some(first) => format!("{}:{usual}", first.display()),
            None => usual,
        };
        command.env_clear().env("PATH", path).stdout(Stdio::null()).stderr(Stdio::null());
        command.env("DB_HOST", Postgres::HOST).env("DB_PORT", &port).env("DB_NAME", Postgres::DATABASE);
        command.env("DB_USER", Postgres::USER).env("DB_PASSWORD", Postgres::PASSWORD);
        command.env("DB_SSLMODE", "disable").env("ENTRYPOINT_EXPORT", "DATABASE_URL=conninfo");
        if self.only_the_port {
            command.env("ENTRYPOINT_WAIT", format!("tcp://127.0.0.1:{port}"));
        }
        command
    }
}
