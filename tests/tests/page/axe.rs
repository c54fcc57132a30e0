//! axe-core, which finds accessibility problems: <https://github.com/dequelabs/axe-core>

use std::fs;

use anyhow::{Context, Result, bail};
use reveille_tests::npm;
use serde_json::Value;

use crate::page::browser::Browser;

/// The page's violations, a line for each rule.
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

/// The library's source, from the registry, kept under `target/`.
fn library() -> Result<String> {
    let file = npm::packages("axe")?.join("axe-core/axe.min.js");
    fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
}
