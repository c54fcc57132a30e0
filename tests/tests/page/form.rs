//! The environment falls asleep while a form is open, and then the form is sent.

use reveille_tests::event_log::Event;
use reveille_tests::ministack::Settings;
use serde_json::json;
use thirtyfour::By;

use crate::page::browser::{Browser, Wanted, available};
use crate::page::*;

/// As typed by a person, and as encoded by a form.
const ITEM: &str = "tea & biscuits";
const NOTE: &str = "50 % off? äöü + =";
const SENT: &str = "item=tea+%26+biscuits&note=50+%25+off%3F+%C3%A4%C3%B6%C3%BC+%2B+%3D";

/// An environment that sleeps, and a browser that shows a page of its app with a filled form.
async fn filled_form(options: &Options) -> (Stack, Browser) {
    let stack = stack(options).await;
    let woken =
        stack.invoke(&json!({"reveille": "wake", "environment": "demo", "wait": true})).await.unwrap();
    assert_eq!(woken["environments"][0]["state"], "awake");
    let browser = Browser::open(Wanted::default()).await.unwrap();
    browser.driver.goto(format!("{}/order", stack.url())).await.unwrap();
    for (name, text) in [("item", ITEM), ("note", NOTE)] {
        browser.driver.find(By::Name(name)).await.unwrap().send_keys(text).await.unwrap();
    }
    let slept =
        stack.invoke(&json!({"reveille": "sleep", "environment": "demo", "wait": true})).await.unwrap();
    assert_eq!(slept["environments"][0]["state"], "asleep");
    (stack, browser)
}

async fn send(browser: &Browser) {
    browser.driver.find(By::Css("button")).await.unwrap().click().await.unwrap();
}

/// How many forms reached the app. The load balancer's log does not contain their bodies.
fn sent_to_app(stack: &Stack) -> usize {
    let requests = stack.log().named("target_request");
    requests.iter().filter(|event| event.text("method") == "POST").count()
}

/// What the waker answered to the form, status by status.
fn answers(stack: &Stack) -> Vec<u64> {
    let invoked = stack.log().named("lambda_invoked").into_iter();
    let forms = invoked.filter(|event| event.text("method") == "POST" && event.text("target") == "/order");
    forms.map(|event| event.fields["status"].as_u64().unwrap_or_default()).collect()
}

/// What the app has received, as it shows it. The log is complete then.
async fn until_arrived(stack: &Stack, browser: &Browser) -> Value {
    let shown = until_shown(browser, "\"method\"").await;
    let is_form = |event: &Event| event.name == "target_request" && event.text("method") == "POST";
    stack.log().find(0, LIMIT, is_form).await.unwrap();
    serde_json::from_str(&shown).unwrap()
}

#[tokio::test]
async fn a_form_that_is_sent_to_a_sleeping_app_arrives_once_with_its_fields() {
    if !available("a_form_that_is_sent_to_a_sleeping_app_arrives_once_with_its_fields") {
        return;
    }
    let mut options = options();
    options.hold_seconds = 5;
    let (mut stack, browser) = filled_form(&options).await;
    let slow = Settings { start_seconds: Some(7.0), ..Settings::default() };
    stack.ministack.change(&slow).await.unwrap();

    send(&browser).await;
    let arrived = until_arrived(&stack, &browser).await;
    let expected = json!(["POST", "/order", SENT]);
    assert_eq!(json!([arrived["method"], arrived["path"], arrived["body"]]), expected);
    assert_eq!(sent_to_app(&stack), 1);
    // A hold ended before the app was up.
    let answers = answers(&stack);
    assert!((2..=4).contains(&answers.len()) && answers.iter().all(|&status| status == 307), "{answers:?}");
    browser.close().await.unwrap();
}

#[tokio::test]
async fn a_person_whose_form_cannot_arrive_is_told_so_and_how_to_send_it_again() {
    if !available("a_person_whose_form_cannot_arrive_is_told_so_and_how_to_send_it_again") {
        return;
    }
    let (mut stack, browser) = filled_form(&options()).await;
    let reason = "CannotPullContainerError: pull image manifest: image not found";
    let broken = Settings { start_failure: Some(Some(reason.to_owned())), ..Settings::default() };
    stack.ministack.change(&broken).await.unwrap();

    send(&browser).await;
    let text = until_shown(&browser, "container image cannot be downloaded").await;
    assert_eq!(browser.run("return document.contentType").await.unwrap(), "text/html");
    assert!(text.contains("has not reached the application") && text.contains("send it again"), "{text}");
    assert!(!text.contains("CannotPull"), "{text}");
    assert_eq!(sent_to_app(&stack), 0);
    assert_eq!(axe::violations(&browser).await.unwrap(), Vec::<String>::new());
    browser.driver.screenshot(&screenshot("form-failure")).await.unwrap();

    // The image exists now; the page notices it, and the person sends the form again.
    let repaired = Settings { start_failure: Some(None), ..Settings::default() };
    stack.ministack.change(&repaired).await.unwrap();
    until_shown(&browser, "Send it again").await;
    browser.driver.find(By::Css("#again a")).await.unwrap().click().await.unwrap();
    let arrived = until_arrived(&stack, &browser).await;
    assert_eq!(json!([arrived["method"], arrived["body"]]), json!(["POST", SENT]));
    assert_eq!(sent_to_app(&stack), 1);
    browser.close().await.unwrap();
}
