//! The shipped function stays small.

use crate::wake::*;

#[test]
fn the_function_is_at_most_6_mb() {
    let zip = Binaries::build().unwrap().bootstrap().unwrap();
    assert!(zip.len() <= 6 * 1024 * 1024, "{} bytes", zip.len());
}
