//! Becomes the app: same process, same PID.
//!
//! Exec removes signal handlers, and closes every file that Rust has opened. Only the ignored
//! SIGPIPE of Rust's runtime would survive; the standard library resets it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::errno::Errno;
use thiserror::Error;

use crate::env_vars::EnvVars;

/// Linux's `MAX_ARG_STRLEN`, with the NUL at the end: 32 pages. Source: execve(2).
const LONGEST: usize = 131_072;

/// Where execvp searches without a PATH. Source: execvp(3), glibc.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The command cannot be run.
#[derive(Debug, Error)]
pub enum ExecError {
    #[error("cannot run {command}")]
    Exec { command: String, source: io::Error },
    #[error("cannot run {command}: arguments and environment are too long for the kernel{}", too_long(.variables))]
    TooLong { command: String, variables: Vec<String> },
}

fn too_long(variables: &[String]) -> String {
    if variables.is_empty() {
        return String::new();
    }
    format!("; at most 131,071 bytes each, but longer is {}", variables.join(", "))
}

impl ExecError {
    pub(crate) fn not_found(program: &OsStr) -> Self {
        let command = program.to_string_lossy().into_owned();
        Self::Exec { command, source: io::ErrorKind::NotFound.into() }
    }

    /// As in shells: 127 not found, 126 found but not executable.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Exec { source, .. } if source.kind() == io::ErrorKind::NotFound => 127,
            Self::Exec { .. } | Self::TooLong { .. } => 126,
        }
    }
}

/// Replaces this process by the command, found like execvp does. Returns only if that fails.
pub(crate) fn exec(command: &[OsString], environment: &EnvVars) -> ExecError {
    let Some((program, arguments)) = command.split_first() else {
        return ExecError::not_found(OsStr::new(""));
    };
    let source = Command::new(program).args(arguments).env_clear().envs(environment).exec();
    let command = program.to_string_lossy().into_owned();
    if source.raw_os_error() == Some(Errno::E2BIG as i32) {
        return ExecError::TooLong { command, variables: longest(environment) };
    }
    ExecError::Exec { command, source }
}

/// The file that [`exec`] would run.
pub(crate) fn find(program: &OsStr, environment: &EnvVars) -> Option<PathBuf> {
    let runnable = |path: &Path| {
        path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    if program.as_bytes().contains(&b'/') {
        return Some(PathBuf::from(program)).filter(|path| runnable(path));
    }
    let path = environment.get_os("PATH").unwrap_or(OsStr::new(DEFAULT_PATH));
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|path| runnable(path))
}

fn longest(environment: &EnvVars) -> Vec<String> {
    let is_longer = |name: &OsStr, value: &OsStr| name.len() + value.len() + "=\0".len() > LONGEST;
    environment
        .iter()
        .filter(|(name, value)| is_longer(name, value))
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn a_program_is_found_as_execvp_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        for (path, mode) in [(&first, 0o644), (&second, 0o755)] {
            fs::create_dir(path).unwrap();
            fs::write(path.join("app"), "").unwrap();
            fs::set_permissions(path.join("app"), Permissions::from_mode(mode)).unwrap();
        }
        let paths = format!("/nowhere:{}:{}", first.display(), second.display());
        // A folder whose name is not UTF-8 does not hide the others.
        let path = OsString::from_vec([b"/z\xfcrich:", paths.as_bytes()].concat());
        let environment = EnvVars::from_iter([("PATH", path)]);
        // Files that are not executable, and folders, are skipped.
        assert_eq!(find("app".as_ref(), &environment), Some(second.join("app")));
        assert_eq!(find("second".as_ref(), &environment), None);
        assert_eq!(find(second.join("app").as_os_str(), &EnvVars::default()), Some(second.join("app")));
        assert_eq!(find(first.join("app").as_os_str(), &environment), None);
        assert!(find("sh".as_ref(), &EnvVars::default()).is_some());
    }

    #[test]
    fn only_what_is_too_long_is_named() {
        let long = "x".repeat(LONGEST - "A=\0".len());
        let environment = EnvVars::from_iter([("A", long.clone()), ("AB", long)]);
        assert_eq!(longest(&environment), ["AB"]);
    }
}
