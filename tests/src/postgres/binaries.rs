//! Finds PostgreSQL's programs, and runs them as a user that they accept.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow};
use nix::unistd::{User, geteuid};

/// Debian keeps each version's server programs out of PATH.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A folder with PostgreSQL's programs, and the user under which its server can run.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// None: the caller's own, which is not root.
    user: Option<User>,
}

impl Binaries {
    /// The folder of PATH that has the server, or else the newest of Debian's packages.
    pub(super) fn find() -> Result<Self> {
        let folder = on_path()
            .or_else(newest_of_debian)
            .ok_or_else(|| anyhow!("PostgreSQL's server is missing: apt-get install postgresql"))?;
        let user = if geteuid().is_root() { Some(unprivileged_user()?) } else { None };
        Ok(Self { folder, user })
    }

    pub(super) fn command(&self, program: &str) -> Command {
        Command::new(self.folder.join(program))
    }

    /// A command that is killed with the thread that starts it, and is never root: PostgreSQL
    /// refuses to be.
    pub(super) fn unprivileged(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.arg("--pdeathsig=QUIT");
        if let Some(user) = &self.user {
            command
                .arg(format!("--reuid={}", user.uid))
                .arg(format!("--regid={}", user.gid))
                .arg("--clear-groups");
        }
        command.arg(self.folder.join(program));
        command
    }

    /// Gives a path to the server's user.
    pub(super) fn own(&self, path: &Path) -> Result<()> {
        if let Some(user) = &self.user {
            nix::unistd::chown(path, Some(user.uid), Some(user.gid))?;
        }
        Ok(())
    }

    /// Tells template directories apart: by version, and by the user that can read them.
    pub(super) fn template_name(&self) -> Result<String> {
        let output = self.command("postgres").arg("--version").output()?;
        let version = String::from_utf8(output.stdout)?;
        let version = version.split_whitespace().nth(2).unwrap_or_default();
        let uid = self.user.as_ref().map_or(geteuid(), |user| user.uid);
        Ok(format!("postgres-{version}-{uid}"))
    }
}

fn has_server(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl"].iter().all(|program| folder.join(program).is_file())
}

fn on_path() -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).find(|folder| has_server(folder))
}

fn newest_of_debian() -> Option<PathBuf> {
    let version = |path: &Path| -> Option<u32> { path.file_name().and_then(OsStr::to_str)?.parse().ok() };
    fs::read_dir(DEBIAN)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| has_server(&path.join("bin")))
        .max_by_key(|path| version(path))
        .map(|path| path.join("bin"))
}

fn unprivileged_user() -> Result<User> {
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(user);
        }
    }
    Err(anyhow!("PostgreSQL refuses root, and there is neither a user postgres nor nobody"))
}
