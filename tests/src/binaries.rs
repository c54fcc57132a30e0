//! The programs under test: the two shipped ones, built for a release, and the sample app.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

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
    /// Builds at most once in a process; cargo decides what has to be rebuilt. Builds nothing if
    /// `REVEILLE_BINARIES` names a folder with both programs, such as a release.
    pub fn build() -> Result<&'static Self> {
        static BUILT: OnceLock<Result<Binaries, String>> = OnceLock::new();
        let built = BUILT.get_or_init(|| Self::build_now().map_err(|error| format!("{error:#}")));
        built.as_ref().map_err(|error| anyhow!("{error}"))
    }

    /// A function's code that runs the waker in place: fast to create, and sufficient for the local
    /// AWS.
    pub fn bootstrap_in_place(&self) -> Result<Vec<u8>> {
        let waker = self.waker.to_str().context("the path of the waker is not UTF-8")?;
        let script = format!("#!/bin/sh\nexec {}\n", shlex::try_quote(waker)?);
        crate::zip::bootstrap(script.as_bytes())
    }

    /// The programs of the development build, with the sample app beside them, for a program of
    /// that build. They are neither static nor small, but take less than a minute to build, because
    /// they share the crates of this program. Builds nothing if `REVEILLE_BINARIES` names a folder.
    pub fn development() -> Result<Self> {
        let folder = if let Some(folder) = env::var_os("REVEILLE_BINARIES") {
            build_sample_app()?;
            PathBuf::from(folder)
        } else {
            let packages = ["waker", "entrypoint", "reveille-tests"].map(|package| ["--package", package]);
            cargo(&[&["build", "--bins"], packages.as_flattened()].concat())?;
            env::current_exe()?.parent().context("this program is in no folder")?.to_owned()
        };
        Ok(Self { waker: existing(&folder, "waker")?, entrypoint: existing(&folder, "entrypoint")? })
    }

    /// Both at the same time: the end of each build, when it optimizes the whole program, keeps one
    /// core busy.
    fn build_now() -> Result<Self> {
        thread::scope(|scope| {
            let entrypoint = scope.spawn(entrypoint);
            let waker = shipped("waker", "static", "release")?;
            let entrypoint = entrypoint.join().map_err(|_| anyhow!("the build has panicked"))??.to_owned();
            Ok(Self { waker, entrypoint })
        })
    }
}

/// The entrypoint alone, built if it is not up to date. Blocks, and builds at most once.
pub fn entrypoint() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let make = || shipped("entrypoint", "static-entrypoint", "entrypoint");
    let built = BUILT.get_or_init(|| make().map_err(|error| format!("{error:#}")));
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

/// The shipped waker as a function's code. Blocks, and compresses it at most once.
pub fn bootstrap() -> Result<&'static [u8]> {
    static ZIP: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let compress = || crate::zip::bootstrap(&std::fs::read(&Binaries::build()?.waker)?);
    let zip = ZIP.get_or_init(|| compress().map_err(|error| format!("{error:#}")));
    zip.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Builds a program with one of cargo's aliases, and returns its path in the profile's folder.
fn shipped(program: &str, alias: &str, profile: &str) -> Result<PathBuf> {
    let folder = if let Some(folder) = env::var_os("REVEILLE_BINARIES") {
        PathBuf::from(folder)
    } else {
        cargo(&[alias])?;
        Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(profile)
    };
    existing(&folder, program)
}

fn existing(folder: &Path, program: &str) -> Result<PathBuf> {
    let program = folder.join(program);
    program.canonicalize().with_context(|| format!("there is no {}", program.display()))
}

/// The sample app of the development build, which cargo builds with every test.
pub fn sample_app() -> Result<PathBuf> {
    let this = env::current_exe()?;
    let folder = this.ancestors().find(|folder| folder.join("sample-app").is_file());
    Ok(folder.context("there is no sample-app beside this program")?.join("sample-app"))
}

/// Builds the sample app for a program that cargo builds without it, unless it exists and is newer
/// than its source: beside a test it does, and building it alone there would rebuild all its
/// dependencies.
fn build_sample_app() -> Result<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/sample-app.rs");
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified());
    if sample_app().is_ok_and(|app| changed(&app).ok() > changed(&source).ok()) {
        return Ok(());
    }
    cargo(&["build", "--package", "reveille-tests", "--bin", "sample-app"])
}

/// cargo on this workspace.
pub fn cargo_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    // The variables that the cargo that runs this program sets for its package: some build scripts
    // read them, and would rebuild their crates each time.
    for (name, _) in env::vars_os() {
        if OF_THE_PACKAGE.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs cargo on this workspace; what it prints goes to standard error.
fn cargo(arguments: &[&str]) -> Result<()> {
    let status = cargo_command(arguments).status().context("failed to run cargo")?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}

/// <https://doc.rust-lang.org/cargo/reference/environment-variables.html>
const OF_THE_PACKAGE: [&str; 5] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
