//! A process's memory, from `/proc`.

use anyhow::{Context, Result};

/// Resident now, in KiB.
pub fn resident_kib(process: u32) -> Result<u64> {
    field(process, "VmRSS:")
}

/// The peak resident size, in KiB.
pub fn peak_kib(process: u32) -> Result<u64> {
    field(process, "VmHWM:")
}

/// Resident in a process and all its descendants, in KiB; those that end in the meantime count 0.
pub fn tree_kib(process: u32) -> u64 {
    tree(process).into_iter().filter_map(|process| resident_kib(process).ok()).sum()
}

/// A process and all its descendants.
pub fn tree(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut next = 0;
    while let Some(process) = found.get(next) {
        let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
        found.extend(
            children.unwrap_or_default().split_whitespace().filter_map(|child| child.parse::<u32>().ok()),
        );
        next += 1;
    }
    found
}

fn field(process: u32, name: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)).context("no such field")?;
    value.trim().trim_end_matches(" kB").parse().context("not a number")
}
