//! A click or a token wakes.

use serde_json::json;
use thirtyfour::By;

use crate::page::browser::{Browser, Wanted, available};
use crate::page::*;

#[tokio::test]
async fn a_click_on_the_button_wakes_it_and_nothing_before_does() {
    if !available("a_click_on_the_button_wakes_it_and_nothing_before_does") {
        return;
    }
    let mut options = options();
    options.environment = json!({ "guard": { "wake": "click" } });
    options.settings.start_seconds = Some(1.0);
    let stack = stack(&options).await;
    let browser = Browser::open(Wanted { language: "de", ..Wanted::default() }).await.unwrap();
    browser.driver.goto("about:blank").await.unwrap();
    let address = format!("{}/a?b=1#c", stack.url());
    browser.driver.goto(&address).await.unwrap();
    assert_eq!(browser.driver.title().await.unwrap(), "demo schläft");
    assert_eq!(axe::violations(&browser).await.unwrap(), Vec::<String>::new());
    browser.driver.screenshot(&screenshot("click")).await.unwrap();
    assert!(stack.log().named("desired_count_set").is_empty());

    browser.driver.find(By::Css("button")).await.unwrap().click().await.unwrap();
    until_shown(&browser, "\"method\"").await;
    assert_eq!(browser.driver.current_url().await.unwrap().as_str(), address);
    assert_eq!(browser.complaints().await.unwrap(), Vec::<String>::new());
    browser.driver.back().await.unwrap();
    assert_eq!(browser.driver.current_url().await.unwrap().as_str(), "about:blank");
    browser.close().await.unwrap();
}

/// `openssl rand -hex 16`, and its `sha256sum`.
const TOKEN: &str = "0f6c3f0a9be14c2c8cf0a4f0a3b54d7e";
const DIGEST: &str = "86e77bef0708782a85fec8cfdcd6ea57a5b8844cc00ed1a6bbc39805b601295b";

#[tokio::test]
async fn a_token_is_entered_and_remembered() {
    if !available("a_token_is_entered_and_remembered") {
        return;
    }
    let mut options = options();
    options.environment = json!({ "guard": { "wake": "token", "token_sha256": DIGEST } });
    let stack = stack(&options).await;
    // Without scripts the form does it.
    let browser = Browser::open(Wanted { scripts: false, ..Wanted::default() }).await.unwrap();
    browser.driver.goto(format!("{}/a?b=1", stack.url())).await.unwrap();
    let source = async || browser.driver.source().await.unwrap_or_default();
    until("the question for a token", source, |html| html.contains("takes a token")).await;
    browser.driver.find(By::Id("token")).await.unwrap().send_keys(TOKEN).await.unwrap();
    browser.driver.find(By::Css("button")).await.unwrap().click().await.unwrap();
    until("the app", source, |html| html.contains("\"method\"")).await;
    assert_eq!(browser.driver.current_url().await.unwrap().query(), Some("b=1"));
    let cookie = browser.driver.get_named_cookie("reveille_token").await.unwrap();
    assert!(!cookie.value.contains(TOKEN) && cookie.http_only == Some(true), "{cookie:?}");
    browser.close().await.unwrap();
}
