//! AWS's own service models, as shipped with botocore: the form of a request, and the possible
//! answers of an operation.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::endpoint::request::Request;
use crate::python::Venv;
use crate::tools::{available, in_ci, skip};

/// The result of a request's check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Checked {
    /// None if it matches no operation.
    pub operation: Option<String>,
    pub problems: Vec<String>,
}

/// An operation that a program calls, and every error that the models list for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Operation {
    /// botocore's name of the service, such as `elbv2`.
    pub service: String,
    #[serde(rename = "operation")]
    pub name: String,
    pub errors: Vec<ModelledError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ModelledError {
    pub code: String,
    pub status: u16,
}

/// The models, installed.
#[derive(Debug, Clone)]
pub struct Models(Venv);

impl Models {
    /// None, with a message, if they are not installed and cannot be. Blocks.
    pub fn install(test: &str) -> Result<Option<Self>> {
        if !available(test, &["python3"]) {
            return Ok(None);
        }
        match Venv::with("../aws-models/requirements-models.txt") {
            Ok(venv) => Ok(Some(Self(venv))),
            Err(error) if in_ci() => Err(error),
            Err(_) => {
                skip(test, "botocore", "it is installed from PyPI, with a network");
                Ok(None)
            }
        }
    }

    /// The problems of each request, in the order of the requests.
    pub fn check(&self, requests: &[Request]) -> Result<Vec<Checked>> {
        let lines = requests.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        let checked = self.run("check_requests.py", &[], &lines.join("\n"))?;
        if checked.len() != requests.len() {
            bail!("{} requests have {} answers", requests.len(), checked.len());
        }
        Ok(checked)
    }

    /// The operations that the Rust files of a folder of this workspace call.
    pub fn operations(&self, folder: &str) -> Result<Vec<Operation>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
        let folder = folder.to_str().context("the path of this checkout is not UTF-8")?;
        self.run("list_errors.py", &[folder], "")
    }

    /// What a script of `aws-models/` prints, a line of JSON each.
    fn run<T: for<'a> Deserialize<'a>>(
        &self,
        script: &str,
        arguments: &[&str],
        input: &str,
    ) -> Result<Vec<T>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("aws-models");
        let mut child = Command::new(self.0.program("python"))
            .arg("-B")
            .arg(folder.join(script))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("failed to start Python")?;
        let mut standard = child.stdin.take().context("standard input is not a pipe")?;
        let input = input.to_owned();
        // In a thread beside the reading, because neither pipe holds all of it. A script that has
        // ended reports the reason itself.
        let writer = std::thread::spawn(move || drop(standard.write_all(input.as_bytes())));
        let output = child.wait_with_output()?;
        drop(writer.join());
        if !output.status.success() {
            bail!("{script}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8(output.stdout)?;
        text.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }
}
