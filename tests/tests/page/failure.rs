//! A start that fails.

use crate::page::browser::{Browser, Wanted, available};
use crate::page::*;

#[tokio::test]
async fn a_failing_start_shows_what_is_wrong_and_what_to_do() {
    if !available("a_failing_start_shows_what_is_wrong_and_what_to_do") {
        return;
    }
    let mut options = options();
    let reason = "CannotPullContainerError: pull image manifest: image not found";
    options.settings.start_failure = Some(Some(reason.to_owned()));
    options.settings.start_seconds = Some(2.0);
    let stack = stack(&options).await;
    let browser = Browser::open(Wanted::default()).await.unwrap();
    browser.driver.goto(stack.url()).await.unwrap();
    assert_eq!(browser.driver.title().await.unwrap(), "demo is waking up");
    let text = until_shown(&browser, "container image cannot be downloaded").await;
    assert!(
        text.contains("tell the person who runs the application") && text.contains("Try again"),
        "{text}"
    );
    assert!(!text.contains("CannotPull"), "{text}");
    assert_eq!(browser.driver.title().await.unwrap(), "demo cannot be woken");
    assert_eq!(axe::violations(&browser).await.unwrap(), Vec::<String>::new());
    browser.driver.screenshot(&screenshot("failure")).await.unwrap();
    assert_eq!(browser.complaints().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}
