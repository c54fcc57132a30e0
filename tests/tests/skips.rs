//! A skipped test is visible in the plain output of the test runner, and fails in CI.

use std::env;
use std::process::{Command, Output};

use reveille_tests::tools;

/// The test below that needs curl.
const NEEDS_CURL: &str = "skips::curl_prints_its_version";

#[test]
fn curl_prints_its_version() {
    if !tools::available(NEEDS_CURL, &["curl"]) {
        return;
    }
    let output = Command::new("curl").arg("--version").output().unwrap();
    assert!(output.stdout.starts_with(b"curl "), "{output:?}");
}

/// This test program again, without any program on its PATH and with this value of `CI`.
fn without_programs(ci: Option<&str>) -> (Output, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", NEEDS_CURL]).env("PATH", "").env_remove("CI").env_remove("RUST_TEST_NOCAPTURE");
    if let Some(ci) = ci {
        command.env("CI", ci);
    }
    let output = command.output().unwrap();
    let printed = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    (output, printed.concat())
}

#[test]
fn a_skipped_test_is_named_in_the_plain_output_with_what_to_install() {
    for ci in [None, Some("")] {
        let (output, printed) = without_programs(ci);
        assert!(output.status.success(), "{printed}");
        let line = format!("skipped {NEEDS_CURL}: it needs curl; install curl\n");
        assert!(printed.contains(&line), "{printed}");
    }
}

#[test]
fn in_ci_a_skipped_test_fails() {
    let (output, printed) = without_programs(Some("1"));
    assert!(!output.status.success(), "{printed}");
    assert!(printed.contains("1 failed"), "{printed}");
    let line = format!("in CI no test may be skipped: skipped {NEEDS_CURL}: it needs curl; install curl\n");
    assert!(printed.contains(&line), "{printed}");
}
