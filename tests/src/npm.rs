//! Packages of npm under `target/`, each list installed once and shared.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The folder with the packages that `npm/NAME/package-lock.json` names with their hashes,
/// installed if it does not exist yet.
///
/// Blocks: the first time for some seconds, and while another process installs.
pub fn packages(name: &str) -> Result<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = top.join("npm").join(name);
    let all = top.join("../target/reveille");
    fs::create_dir_all(&all)?;
    let folder = all.join(format!("npm-{name}"));
    let lock = File::create(folder.with_added_extension("lock"))?;
    lock.lock().with_context(|| format!("failed to lock {name}"))?;
    let pinned = fs::read_to_string(list.join(LOCK)).with_context(|| format!("failed to read npm/{name}"))?;
    let complete = folder.join("complete");
    if fs::read_to_string(&complete).ok().as_ref() != Some(&pinned) {
        // Left by an interrupted run or another list.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir(&folder)?;
        for file in ["package.json", LOCK] {
            fs::copy(list.join(file), folder.join(file))?;
        }
        let mut install = Command::new("npm");
        install.args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]);
        let output = install.current_dir(&folder).output().context("failed to run npm")?;
        if !output.status.success() {
            bail!("npm could not install {name}: {}", String::from_utf8_lossy(&output.stderr));
        }
        fs::write(complete, pinned)?;
    }
    Ok(folder.join("node_modules").canonicalize()?)
}

const LOCK: &str = "package-lock.json";
