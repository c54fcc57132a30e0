//! Programs that the system provides, and tests that are skipped if one of them is missing.

use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// Each program that a test may need, and the Debian package that installs it.
const PACKAGES: [(&str, &str); 9] = [
    ("chromedriver", "chromium-driver"),
    ("chromium", "chromium"),
    ("curl", "curl"),
    ("java", "default-jdk-headless"),
    ("javac", "default-jdk-headless"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("terraform", "terraform (https://developer.hashicorp.com/terraform/install)"),
    ("wget", "wget"),
];

/// Where a program is, if it is on the `PATH`.
pub fn on_the_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Whether a test, or the named part of one, can run here. It is skipped if one of the programs is
/// missing.
///
/// # Panics
///
/// As [`skip`].
pub fn available(test: &str, programs: &[&str]) -> bool {
    let Some(missing) = programs.iter().find(|name| on_the_path(name).is_none()) else { return true };
    let package =
        PACKAGES.iter().find(|(program, _)| program == missing).map_or(*missing, |(_, package)| package);
    skip(test, missing, &format!("install {package}"));
    false
}

/// Reports that a test is skipped, what it needs, and how to install that.
///
/// # Panics
///
/// In CI, where a skipped test is a failed one.
pub fn skip(test: &str, needs: &str, how: &str) {
    let line = format!("skipped {test}: it needs {needs}; {how}");
    assert!(!in_ci(), "in CI no test may be skipped: {line}");
    // The test runner captures the macros' output, and drops it when the test passes. It does not
    // capture this.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Whether the variable `CI` is set and not empty, as every CI service sets it.
pub fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|ci| !ci.is_empty())
}
