//! How much memory a process holds, from `/proc`.

use anyhow::{Context, Result};

/// Resident at the moment, in KiB.
pub fn resident_kib(process: u32) -> Result<u64> {
    field(process, "VmRSS:")
}

/// The most that has been resident, in KiB.
pub fn peak_kib(process: u32) -> Result<u64> {
    field(process, "VmHWM:")
}

fn field(process: u32, name: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)).context("no such field")?;
    value.trim().trim_end_matches(" kB").parse().context("not a number")
}
