//! An HTTP client in its own process.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use tokio::time::timeout;

use crate::clients::LIMIT;

/// The placeholders for the address and the body in a program's arguments.
pub const URL: &str = "URL";
pub const BODY: &str = "BODY";

#[derive(Debug, Clone)]
pub struct Client {
    /// Also the path that it requests, which identifies the client in the load balancer's log.
    pub name: &'static str,
    pub program: PathBuf,
    /// With `URL`; with `BODY` it sends a POST, otherwise a GET.
    pub arguments: Vec<String>,
}

impl Client {
    pub fn method(&self) -> &'static str {
        if self.arguments.iter().any(|argument| argument == BODY) { "POST" } else { "GET" }
    }

    pub fn path(&self) -> String {
        format!("/{}", self.name)
    }

    /// What it sends, with characters that an encoding on the way would change.
    pub fn body(&self) -> String {
        if self.method() == "GET" {
            return String::new();
        }
        format!("from={}&text=50 % + \"quotes\" & %41", self.name)
    }

    /// Runs it, and returns what it prints of the answer; it fails on an error status.
    pub async fn send(&self, url: &str) -> Result<String> {
        let arguments = self.arguments.iter().map(|argument| match argument.as_str() {
            URL => format!("{url}{}", self.path()),
            BODY => self.body(),
            other => other.to_owned(),
        });
        let printed = output(Command::new(&self.program).args(arguments)).await;
        printed.with_context(|| format!("{} did not get the app's answer", self.name))
    }
}

/// The output of a program. It gets no variable but PATH, because a proxy or a setting of the
/// person who runs the tests is not the client's default.
pub async fn output(command: &mut Command) -> Result<String> {
    let home = tempfile::tempdir()?;
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .current_dir(home.path())
        .kill_on_drop(true);
    let output = timeout(LIMIT, command.output()).await.context("it has not ended")??;
    let printed = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}\n{printed}\n{complaint}", output.status);
    Ok(printed)
}
