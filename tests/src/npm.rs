//! Packages of npm under `target/`, each list installed once and shared by all that need it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The folder with these packages, each `NAME@VERSION`, installed if they are not there yet. They
/// include all that they depend on, so that nothing else decides a version.
///
/// Blocks: the first time for some seconds, and while another process installs.
pub fn packages(list: &[&str]) -> Result<PathBuf> {
    let first = list.first().context("no package is named")?;
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/reveille");
    fs::create_dir_all(&all)?;
    let folder = all.join(first.replace('@', "-"));
    let lock = File::create(folder.with_added_extension("lock"))?;
    lock.lock().with_context(|| format!("failed to lock {first}"))?;
    let complete = folder.join("complete");
    let text = list.join("\n");
    if fs::read_to_string(&complete).ok().as_ref() != Some(&text) {
        // What an interrupted run or another list has left.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let mut install = Command::new("npm");
        install.args(["install", "--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]);
        let output = install.arg("--prefix").arg(&folder).args(list).output().context("failed to run npm")?;
        if !output.status.success() {
            bail!("npm could not install {first}: {}", String::from_utf8_lossy(&output.stderr));
        }
        fs::write(complete, text)?;
    }
    Ok(folder.join("node_modules").canonicalize()?)
}
