//! Terraform's AWS provider as one process for all the commands of a test.
//!
//! Terraform starts its provider several times in each command, which takes seconds of CPU time
//! each time. A provider started with `-debug` serves until it is ended instead, and Terraform
//! finds it by a variable: <https://developer.hashicorp.com/terraform/plugin/debugging>. Each
//! command configures it anew, so one process must not serve two commands at the same time: each
//! test has its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// The variable by which Terraform finds a running provider.
pub const VARIABLE: &str = "TF_REATTACH_PROVIDERS";
/// It takes half a second on an idle machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// A running provider. Dropping it ends it; so does the end of this program.
#[derive(Debug)]
pub struct Provider {
    _child: Child,
    /// Closing it tells the program to end.
    _input: Option<ChildStdin>,
    address: String,
}

impl Provider {
    /// Starts the provider that `terraform init` has chosen for a configuration, in this environment; None
    /// before it has chosen one.
    pub async fn start(configuration: &Path, environment: &[(&str, &OsStr)]) -> Result<Option<Self>> {
        let Some(program) = program(configuration) else { return Ok(None) };
        let supervise = Path::new(env!("CARGO_MANIFEST_DIR")).join("local-aws/supervise.py");
        let mut child = Command::new("python3")
            .arg(supervise)
            .arg(&program)
            .arg("-debug")
            // It reads files by relative paths, such as a function's zip.
            .current_dir(configuration)
            .env_clear()
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("failed to run {}", program.display()))?;
        let input = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let mut said = String::new();
        let found = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.trim().strip_prefix(&format!("{VARIABLE}='")) {
                    return Ok(address.trim_end_matches('\'').to_owned());
                }
                said += &line;
                said.push('\n');
            }
            bail!("it ended")
        };
        let found = timeout(START_LIMIT, found).await.context("it takes too long").flatten();
        let address = found.with_context(|| format!("{} -debug: it said\n{said}", program.display()))?;
        // It would block if nothing read its later output.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Some(Self { _child: child, _input: input, address }))
    }

    /// The value of [`VARIABLE`].
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// `.terraform/providers/registry.terraform.io/hashicorp/aws/VERSION/PLATFORM/terraform-provider-aws_...`
fn program(configuration: &Path) -> Option<PathBuf> {
    let below = |folder: PathBuf| {
        let entries = folder.read_dir().into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let versions = below(configuration.join(".terraform/providers/registry.terraform.io/hashicorp/aws"));
    let mut programs = versions.into_iter().flat_map(below).flat_map(below);
    let is_program = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("terraform-provider-aws_v") && path.is_file()
    };
    programs.find(is_program)
}
