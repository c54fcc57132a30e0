//! Programs that the system provides, and tests that cannot be run without them.

use std::env;
use std::path::PathBuf;

/// Where a program is, if it is on the `PATH`.
pub fn on_the_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Whether a test, or the named part of one, can be run here. Without the programs that it needs
/// it cannot, and says so; in CI it is run, and fails.
pub fn available(test: &str, programs: &[&str]) -> bool {
    match programs.iter().find(|name| on_the_path(name).is_none()) {
        Some(name) if env::var_os("CI").is_none_or(|ci| ci.is_empty()) => {
            #[allow(clippy::print_stderr, reason = "a person who runs the tests must know what was not run")]
            {
                eprintln!("skipped {test}: it needs {name}");
            }
            false
        }
        _ => true,
    }
}
