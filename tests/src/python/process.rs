//! A Python program under `supervise.py`, which ends with its handle or with the harness.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::{Venv, folder};

/// A program's standard input; a clone is the same one.
#[derive(Debug, Clone)]
pub(crate) struct Input(Arc<Mutex<Option<ChildStdin>>>);

impl Input {
    /// Sends one line.
    pub(crate) fn tell(&self, line: &str) -> Result<()> {
        let mut input = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let input = input.as_mut().context("standard input is closed")?;
        writeln!(input, "{line}").context("the program no longer listens")
    }

    fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// A running program and all its descendants. Dropping it ends them all.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Closing it tells the program to end.
    input: Input,
    /// The program's folder for temporary files.
    _temporary: TempDir,
}

impl Process {
    /// Starts a program of the environment, or one by its path, with these arguments and an
    /// environment of its own except for PATH, and passes every line of its standard output to
    /// `line`.
    pub fn start(
        venv: &Venv,
        program: &str,
        arguments: &[&str],
        mut line: impl FnMut(&str) + Send + 'static,
    ) -> Result<Self> {
        let temporary = tempfile::Builder::new().prefix("local-aws-").tempdir()?;
        let mut child = Command::new(venv.program("python"))
            .arg(folder().join("supervise.py"))
            .arg(venv.program(program))
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TMPDIR", temporary.path())
            .env("PYTHONPYCACHEPREFIX", folder().join("../../target/reveille/pycache"))
            .env("PYTHONUNBUFFERED", "1")
            .current_dir(temporary.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start Python")?;
        let input = Input(Arc::new(Mutex::new(child.stdin.take())));
        let output = child.stdout.take().context("standard output is not a pipe")?;
        std::thread::spawn(move || {
            for text in BufReader::new(output).lines().map_while(Result::ok) {
                line(&text);
            }
        });
        Ok(Self { child, input, _temporary: temporary })
    }

    /// Sends one line to its standard input.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        self.input.tell(line)
    }

    pub(crate) fn input(&self) -> Input {
        self.input.clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.input.close();
        let _ = self.child.wait();
    }
}
