//! A share of one CPU, as Lambda gives by a function's memory: a control group with a quota.
//!
//! It takes the right to make control groups, which root has; both versions of them will do.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

/// So short that a small share is not one long stop.
const PERIOD: Duration = Duration::from_millis(20);

/// Where the CPU controller of each version is mounted, the newer one first.
const VERSION_2: &str = "/sys/fs/cgroup";
const VERSION_1: &str = "/sys/fs/cgroup/cpu";

/// A control group; dropping it removes it, once its processes have ended.
#[derive(Debug)]
pub struct CpuQuota {
    group: PathBuf,
}

impl CpuQuota {
    /// What a function of that size gets: 1,769 MB are one whole CPU.
    ///
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
    pub fn of_function(megabytes: u32) -> Result<Self> {
        let quota = PERIOD.mul_f64(f64::from(megabytes) / 1769.0);
        let name = format!("reveille-bench-{}", std::process::id());
        if Path::new(VERSION_2).join("cgroup.controllers").exists() {
            let group = Self::make(Path::new(VERSION_2).join(name))?;
            group.set("cpu.max", &format!("{} {}", quota.as_micros(), PERIOD.as_micros()))?;
            return Ok(group);
        }
        let group = Self::make(Path::new(VERSION_1).join(name))?;
        group.set("cpu.cfs_period_us", &PERIOD.as_micros().to_string())?;
        group.set("cpu.cfs_quota_us", &quota.as_micros().to_string())?;
        Ok(group)
    }

    /// The process and all its threads keep to the quota from now on.
    pub fn take(&self, process: u32) -> Result<()> {
        self.set("cgroup.procs", &process.to_string())
    }

    /// The file that takes in any process that writes 0 to it.
    pub fn entrance(&self) -> PathBuf {
        self.group.join("cgroup.procs")
    }

    fn make(group: PathBuf) -> Result<Self> {
        fs::create_dir(&group).with_context(|| format!("failed to make {}", group.display()))?;
        Ok(Self { group })
    }

    fn set(&self, file: &str, value: &str) -> Result<()> {
        let path = self.group.join(file);
        fs::write(&path, value).with_context(|| format!("failed to write {}", path.display()))
    }
}

impl Drop for CpuQuota {
    fn drop(&mut self) {
        // The kernel lists a process that was waited for a moment longer, and then it is left over.
        let _ = fs::remove_dir(&self.group);
    }
}
