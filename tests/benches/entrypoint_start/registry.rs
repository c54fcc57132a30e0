//! Wrappers from a registry, kept under `target/`; one that is not available is reported.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};
use reveille_tests::python::Venv;

/// Debian's `wait-for-it`: the script alone, extracted without root.
pub fn debian() -> Result<PathBuf> {
    let folder = folder("wait-for-it-debian")?;
    let script = folder.join("usr/bin/wait-for-it");
    if !script.exists() {
        run(Command::new("apt-get").args(["download", "wait-for-it"]).current_dir(&folder))?;
        let mut entries = folder.read_dir()?;
        let package = entries.find_map(|entry| {
            let path = entry.ok()?.path();
            (path.extension()? == "deb").then_some(path)
        });
        run(Command::new("dpkg-deb").arg("-x").arg(package.context("no package")?).arg(&folder))?;
    }
    Ok(script)
}

/// npm's `wait-on`.
pub fn npm() -> Result<PathBuf> {
    const PACKAGE: &str = "wait-on@9.5.1";
    let folder = folder("wait-on-9.5.1")?;
    let script = folder.join("node_modules/.bin/wait-on");
    if !script.exists() {
        run(Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .arg(PACKAGE))?;
    }
    Ok(script)
}

/// `wait-for-it` of `PyPI`.
pub fn pypi() -> Result<PathBuf> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/wrappers/requirements.txt");
    let venv = Venv::with(list.to_str().context("the path of this checkout is not UTF-8")?)?;
    Ok(venv.program("wait-for-it"))
}

fn folder(name: &str) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/reveille").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("failed to run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
