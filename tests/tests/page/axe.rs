//! axe-core, which finds what keeps people from using a page: <https://github.com/dequelabs/axe-core>

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::browser::Browser;

const VERSION: &str = "4.14.1";

/// What is wrong with the page, a line for each rule that it breaks.
pub async fn violations(browser: &Browser) -> Result<Vec<String>> {
    let library = tokio::task::spawn_blocking(library).await??;
    browser.run(&library).await?;
    let script = "return await axe.run()";
    let found = browser.run(script).await?;
    let violations = found["violations"].as_array().context("axe-core did not run")?;
    if found["passes"].as_array().is_none_or(Vec::is_empty) {
        bail!("axe-core has looked at nothing");
    }
    let told = |violation: &Value| {
        let nodes = violation["nodes"].as_array().into_iter().flatten();
        let nodes: Vec<_> = nodes.map(|node| node["html"].to_string()).collect();
        format!("{}: {} at {}", violation["id"], violation["help"], nodes.join(", "))
    };
    Ok(violations.iter().map(told).collect())
}

/// Its text, from the registry, kept under `target/`.
fn library() -> Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/reveille");
    fs::create_dir_all(&folder)?;
    let package = folder.join(format!("axe-core-{VERSION}"));
    let file = package.join("node_modules/axe-core/axe.min.js");
    let lock = File::create(folder.join("axe-core.lock"))?;
    lock.lock().context("failed to lock axe-core")?;
    if !file.exists() {
        let mut install = Command::new("npm");
        install.args(["install", "--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]);
        let output = install.arg("--prefix").arg(&package).arg(format!("axe-core@{VERSION}")).output()?;
        if !output.status.success() {
            bail!("npm could not install axe-core: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
}
