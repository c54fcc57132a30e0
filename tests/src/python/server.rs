//! An emulator that prints its address in its first line.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Process, Venv, folder};

/// It takes 2 s on an idle machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// A running emulator. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    process: Process,
    endpoint: String,
}

impl Server {
    /// Starts a launcher of `local-aws/` with the packages of a list of requirements there.
    pub(crate) async fn start(requirements: &'static str, launcher: &str) -> Result<Self> {
        let venv = tokio::task::spawn_blocking(|| Venv::with(requirements)).await??;
        let path = folder().join(launcher);
        let path = path.to_str().context("the path of this checkout is not UTF-8")?;
        let (sender, endpoint) = oneshot::channel();
        let mut sender = Some(sender);
        let process = Process::start(&venv, "python", &[path], move |line| {
            if let Some(sender) = sender.take() {
                // The receiver may be gone.
                let _ = sender.send(line.to_owned());
            }
        })?;
        let endpoint = timeout(START_LIMIT, endpoint)
            .await
            .with_context(|| format!("{launcher} printed nothing within {START_LIMIT:?}"))?
            .with_context(|| format!("{launcher} ended before it listened"))?;
        Ok(Self { process, endpoint })
    }

    /// The URL where it listens.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Sends one line to its standard input.
    pub(crate) fn tell(&mut self, line: &str) -> Result<()> {
        self.process.tell(line)
    }
}
