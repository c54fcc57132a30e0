//! The shipped function's package.

use reveille_tests::binaries::bootstrap;

use crate::wake::*;

#[test]
fn the_function_is_at_most_6_mb() {
    let size = bootstrap().unwrap().len();
    assert!(size <= 6 * 1024 * 1024, "{size} bytes");
}

/// The other tests run the waker where it was built.
#[tokio::test]
async fn the_package_wakes_the_app() {
    let package = tokio::task::spawn_blocking(bootstrap).await.unwrap().unwrap();
    let stack = stack(&Options { bootstrap: package.to_owned(), ..options() }).await;
    assert_eq!(client().get(stack.url()).send().await.unwrap().text().await.unwrap(), "visit 1\n");
}
