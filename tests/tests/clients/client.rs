//! An HTTP client that is a program of its own.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use tokio::time::timeout;

use crate::clients::LIMIT;

/// What stands for the address and the body among a program's arguments.
pub const URL: &str = "URL";
pub const BODY: &str = "BODY";

#[derive(Debug, Clone)]
pub struct Client {
    /// Also the path that it asks for, so that the load balancer's log tells the clients apart.
    pub name: &'static str,
    pub program: PathBuf,
    /// With `URL`; one with `BODY` sends a POST, and any other one a GET.
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

    /// What it prints when it has the answer; an answer that is no success makes it fail.
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

/// What a program prints. It gets no variable but PATH: a proxy or a setting of the person who
/// runs the tests is no default of the client's.
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
