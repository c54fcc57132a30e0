//! The programs under test: the two that are shipped, as they are shipped, and the sample app.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, bail};

/// Where `cargo static` and `cargo static-entrypoint` put them.
const FOLDER: &str = "../target/x86_64-unknown-linux-gnu";

/// The release binaries, built if they are not up to date. Blocks: the first build takes minutes.
#[derive(Debug, Clone)]
pub struct Binaries {
    pub waker: PathBuf,
    pub entrypoint: PathBuf,
}

impl Binaries {
    /// Builds at most once in a process; cargo itself tells what there is to do.
    pub fn build() -> Result<&'static Self> {
        static BUILT: OnceLock<Result<Binaries, String>> = OnceLock::new();
        let built = BUILT.get_or_init(|| Self::build_now().map_err(|error| format!("{error:#}")));
        built.as_ref().map_err(|error| anyhow!("{error}"))
    }

    /// The waker as a function's code.
    pub fn bootstrap(&self) -> Result<Vec<u8>> {
        crate::zip::bootstrap(&std::fs::read(&self.waker)?)
    }

    fn build_now() -> Result<Self> {
        cargo(&["static"])?;
        cargo(&["static-entrypoint"])?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).canonicalize()?;
        Ok(Self { waker: folder.join("release/waker"), entrypoint: folder.join("entrypoint/entrypoint") })
    }
}

/// The sample app of the development build; cargo has made it wherever it has made a test.
pub fn sample_app() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.ancestors().find(|folder| folder.join("sample-app").is_file());
    Ok(folder.context("there is no sample-app beside this program")?.join("sample-app"))
}

/// Makes the sample app for a program that cargo builds without it.
pub fn build_sample_app() -> Result<()> {
    cargo(&["build", "--package", "reveille-tests", "--bin", "sample-app"])
}

/// Runs cargo on this workspace; what it prints goes to standard error.
fn cargo(arguments: &[&str]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // Set by the cargo that runs this program, for this package.
        .env_remove("CARGO_MANIFEST_DIR")
        .stdin(Stdio::null())
        .status()
        .context("failed to run cargo")?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}
