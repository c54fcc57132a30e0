//! The steps from the waiting page to the app.

use serde_json::{Value, json};

use crate::page::browser::{Browser, Wanted, available};
use crate::page::*;

/// A start that is slow enough to show every step.
fn slow() -> Options {
    let mut options = options();
    options.settings.start_seconds = Some(6.0);
    options.settings.health_check_seconds = Some(2.0);
    options.resume = Duration::from_secs(3);
    options
}

/// Keeps the changes of title and favicon where the next page can read them.
const KEEP_CHANGES: &str = "const keep = (element, ask, name) => new MutationObserver(() => {\
        sessionStorage[name] = ask(); }).observe(element, {childList: true, attributes: true});\
    keep(document.querySelector('title'), () => document.title, 'title');\
    const icon = document.getElementById('icon');\
    keep(icon, () => icon.href, 'icon');";

/// Each step with its state, as the page shows it.
async fn steps(browser: &Browser) -> Vec<(String, String)> {
    let script = "return [...document.querySelectorAll('#steps li')]\
        .map((item) => [item.firstElementChild.textContent, item.className])";
    let shown = browser.run(script).await.unwrap_or(Value::Null);
    serde_json::from_value(shown).unwrap_or_default()
}

#[tokio::test]
async fn the_steps_advance_and_it_arrives_where_the_visitor_wanted_to_go() {
    if !available("the_steps_advance_and_it_arrives_where_the_visitor_wanted_to_go") {
        return;
    }
    let stack = stack(&slow()).await;
    let browser = Browser::open(Wanted::default()).await.unwrap();
    browser.driver.goto("about:blank").await.unwrap();
    let address = format!("{}/somewhere?x=1&y=a%20b#part", stack.url());
    browser.driver.goto(&address).await.unwrap();
    assert_eq!(browser.driver.title().await.unwrap(), "demo is waking up");
    browser.run(KEEP_CHANGES).await.unwrap();

    let mut seen: Vec<(String, String)> = Vec::new();
    let mut times: Vec<String> = Vec::new();
    let deadline = Instant::now() + LIMIT;
    while !text(&browser).await.contains("\"method\"") {
        for step in steps(&browser).await {
            if !seen.contains(&step) {
                seen.push(step);
            }
        }
        let time = browser.run("return document.getElementById('time')?.textContent").await;
        if let Ok(Value::String(time)) = time
            && !times.contains(&time)
        {
            times.push(time);
        }
        assert!(Instant::now() < deadline, "it has not arrived; the steps were {seen:?}");
        sleep(Duration::from_millis(50)).await;
    }
    let order = [
        ("Database", "active"),
        ("Downloading the application", "active"),
        ("Database", "done"),
        ("Starting the application", "active"),
        ("Starting the application", "done"),
        ("Health check", "active"),
    ];
    let at = |(label, state): (&str, &str)| {
        let position = seen.iter().position(|(text, class)| text == label && class == state);
        position.unwrap_or_else(|| panic!("{label} was never {state}: {seen:?}"))
    };
    assert!(
        at(order[0]) < at(order[2]) && at(order[1]) < at(order[4]) && at(order[4]) <= at(order[5]),
        "{seen:?}"
    );
    assert!(times.len() > 3 && times.iter().any(|time| time.contains("so far")), "{times:?}");

    // For a moment the tab's title and favicon showed that the app is ready.
    let kept =
        browser.run("return [sessionStorage.title, sessionStorage.icon.includes('1a8a4a')]").await.unwrap();
    assert_eq!(kept, json!(["demo is ready", true]));
    assert_eq!(browser.driver.current_url().await.unwrap().as_str(), address);
    assert_eq!(browser.complaints().await.unwrap(), Vec::<String>::new());
    let requests = browser.requests().await.unwrap();
    let foreign: Vec<_> = requests.iter().filter(|url| !url.starts_with(&stack.url())).collect();
    assert_eq!(foreign, Vec::<&String>::new());
    assert!(requests.iter().any(|url| url.contains("/.reveille/status")), "{requests:?}");

    // The waiting page is not in the history.
    browser.driver.back().await.unwrap();
    assert_eq!(browser.driver.current_url().await.unwrap().as_str(), "about:blank");
    browser.close().await.unwrap();

    // The next wake knows how long this one has taken.
    let status = reqwest::get(format!("{}/.reveille/status", stack.url())).await.unwrap();
    assert_eq!(status.headers()["x-reveille-state"], "awake");
    let status: Value = serde_json::from_str(&status.text().await.unwrap()).unwrap();
    assert_eq!((&status["state"], &status["progress"]), (&json!("awake"), &json!(100)));
    let tags = stack.elb().describe_tags().resource_arns(&stack.load_balancer.route).send().await.unwrap();
    let tags = tags.tag_descriptions()[0].tags();
    let wakes = tags.iter().find(|tag| tag.key() == Some("reveille:wakes-0")).and_then(|tag| tag.value());
    let took = wakes.unwrap().split_once('+').unwrap().1.parse::<u32>().unwrap();
    assert!((5..60).contains(&took), "{wakes:?}");
}

#[tokio::test]
async fn without_scripts_it_arrives_too() {
    if !available("without_scripts_it_arrives_too") {
        return;
    }
    let mut options = options();
    options.settings.start_seconds = Some(2.0);
    let stack = stack(&options).await;
    let browser = Browser::open(Wanted { scripts: false, ..Wanted::default() }).await.unwrap();
    browser.driver.goto(format!("{}/somewhere?x=1", stack.url())).await.unwrap();
    let source = async || browser.driver.source().await.unwrap_or_default();
    until("the waiting page", source, |html| html.contains("demo is waking up")).await;
    until("the app", source, |html| html.contains("\"method\"")).await;
    assert_eq!(browser.driver.current_url().await.unwrap().query(), Some("x=1"));
    browser.close().await.unwrap();
    let polled = stack.log().named("target_request");
    assert!(!polled.iter().any(|event| event.text("path").contains("/.reveille/")), "a script has run");
}

#[tokio::test]
async fn it_survives_a_lost_connection() {
    if !available("it_survives_a_lost_connection") {
        return;
    }
    let stack = stack(&slow()).await;
    let browser = Browser::open(Wanted::default()).await.unwrap();
    browser.driver.goto(stack.url()).await.unwrap();
    browser.offline(true).await.unwrap();
    until_shown(&browser, "No connection. Trying again").await;
    browser.offline(false).await.unwrap();
    until_shown(&browser, "visit 1").await;
    browser.close().await.unwrap();
}
