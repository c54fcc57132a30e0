//! The programs under test: the two that are shipped, as they are shipped, and the sample app.

use std::env;
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
    /// Builds at most once in a process; cargo itself tells what there is to do. Nothing is
    /// built where `REVEILLE_BINARIES` names a folder with both programs, a release for instance.
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
        let entrypoint = entrypoint()?.to_owned();
        let waker = shipped("waker", "static", "release")?;
        Ok(Self { waker, entrypoint })
    }
}

/// The entrypoint alone, built if it is not up to date. Blocks, and builds at most once.
pub fn entrypoint() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let make = || shipped("entrypoint", "static-entrypoint", "entrypoint");
    let built = BUILT.get_or_init(|| make().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Makes a program with one of cargo's aliases, which leaves it in its profile's folder.
fn shipped(program: &str, alias: &str, profile: &str) -> Result<PathBuf> {
    let folder = match env::var_os("REVEILLE_BINARIES") {
        Some(folder) => PathBuf::from(folder),
        None => {
            cargo(&[alias])?;
            Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(profile)
        }
    };
    let program = folder.join(program);
    program.canonicalize().with_context(|| format!("there is no {}", program.display()))
}

/// The sample app of the development build; cargo has made it wherever it has made a test.
pub fn sample_app() -> Result<PathBuf> {
    let this = env::current_exe()?;
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
