//! A share of one CPU, which Lambda sets by a function's memory: a control group with a quota.
//!
//! Creating control groups needs permission, which root has; both versions of them are supported.

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
    /// The share of a function of that size: 1,769 MB have one whole CPU.
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

    /// Applies the quota to the process and all its threads from now on.
    pub fn take(&self, process: u32) -> Result<()> {
        self.set("cgroup.procs", &process.to_string())
    }

    /// A process joins the group by writing 0 to this file.
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
        // The kernel may list an ended process a moment longer; then the group remains.
        let _ = fs::remove_dir(&self.group);
    }
}
