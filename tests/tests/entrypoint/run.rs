//! Runs the entrypoint and checks its output.

use std::ffi::OsStr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reveille_tests::binaries::entrypoint;
use reveille_tests::postgres::Postgres;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

/// Nothing here takes longer than a few seconds on an idle machine.
const LIMIT: Duration = Duration::from_mins(1);

/// Part of every password, secret and key of these tests, which no output may contain.
pub const MARK: &str = "hunter2";

/// A run to be started: its environment is empty except for PATH and what is added here.
pub struct Run(Command);

/// The result of a run.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub output: String,
    pub log: String,
}

/// A run in progress.
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    seen: String,
}

impl Run {
    pub fn new() -> Self {
        Self::under(&[])
    }

    /// Under another program, which gets the entrypoint's path and arguments.
    pub fn under(wrapper: &[&str]) -> Self {
        let entrypoint = tokio::task::block_in_place(|| entrypoint().unwrap());
        Self::program(&[wrapper, &[entrypoint.to_str().unwrap()]].concat())
    }

    /// A program that runs the entrypoint.
    pub fn program(program: &[&str]) -> Self {
        // A shell sets SIGINT and SIGQUIT to be ignored in background commands, for example these
        // tests.
        let mut command = Command::new("/usr/bin/env");
        command.arg("--default-signal").args(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// The database's description, with the superuser's login, and the server's own psql.
    pub fn database(self, postgres: &Postgres) -> Self {
        self.env("PATH", postgres.path().unwrap())
            .env("DB_HOST", Postgres::HOST)
            .env("DB_PORT", postgres.port().to_string())
            .env("DB_NAME", Postgres::DATABASE)
            .env("DB_USER", Postgres::USER)
            .env("DB_PASSWORD", Postgres::PASSWORD)
    }

    /// Starts it with these arguments.
    pub fn start(mut self, arguments: &[&str]) -> Running {
        let mut child = self.0.args(arguments).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Running { child, lines, seen: String::new() }
    }

    /// Runs it with these arguments to its end.
    pub async fn arguments(self, arguments: &[&str]) -> Outcome {
        self.start(arguments).end().await
    }

    /// Runs it in front of this command to the command's end.
    pub async fn command(self, command: &[&str]) -> Outcome {
        self.arguments(&[&["--"], command].concat()).await
    }
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid().try_into().unwrap()), signal).unwrap();
    }

    /// Waits for a line of the log that contains this.
    pub async fn log(&mut self, text: &str) {
        let found = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.seen += &line;
                self.seen.push('\n');
                if line.contains(text) {
                    return true;
                }
            }
            false
        };
        let found = timeout(LIMIT, found).await;
        let arguments = std::fs::read(format!("/proc/{}/cmdline", self.pid())).unwrap();
        assert!(!String::from_utf8_lossy(&arguments).contains(MARK));
        assert_eq!(found, Ok(true), "no line with {text:?} in\n{}", self.seen);
    }

    /// Waits for the end no longer than this; None if it was still running, and killed.
    pub async fn ends_within(mut self, limit: Duration) -> Option<ExitStatus> {
        timeout(limit, self.child.wait()).await.ok().map(Result::unwrap)
    }

    /// Waits for the end.
    pub async fn end(mut self) -> Outcome {
        let mut standard = self.child.stdout.take().unwrap();
        let mut output = String::new();
        let all = async {
            let errors = async {
                while let Some(line) = self.lines.next_line().await.unwrap() {
                    self.seen += &line;
                    self.seen.push('\n');
                }
            };
            let (read, ()) = tokio::join!(standard.read_to_string(&mut output), errors);
            read.unwrap();
            self.child.wait().await.unwrap()
        };
        let status: Result<ExitStatus, _> = timeout(LIMIT, all).await;
        let Ok(status) = status else { panic!("no end after {LIMIT:?}:\n{}", self.seen) };
        for secret in [MARK, Postgres::PASSWORD] {
            assert!(!self.seen.contains(secret), "a secret is in\n{}", self.seen);
        }
        Outcome { code: status.code(), output, log: self.seen }
    }
}

impl Outcome {
    /// Asserts that the command ran and succeeded, and returns its output.
    #[track_caller]
    pub fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.log);
        self.output
    }

    /// Asserts the exit code, that the command did not run, and that the log's last line contains
    /// this.
    #[track_caller]
    pub fn failure(self, code: i32, text: &str) -> String {
        assert_eq!(self.code, Some(code), "{}", self.log);
        assert_eq!(self.output, "", "{}", self.log);
        let last = self.log.lines().last().unwrap_or_default();
        assert!(
            last.contains("ERROR") && last.contains(text),
            "{text:?} is not in the last line of\n{}",
            self.log
        );
        self.log
    }
}
