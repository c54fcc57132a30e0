//! Many visitors, and hostile ones.

use reveille_tests::raw_http;
use serde_json::json;
use url::Url;

use crate::wake::*;

#[tokio::test]
async fn two_hundred_first_visitors_wake_it_once_and_all_get_the_app() {
    let stack = stack(&options()).await;
    let url = stack.url();
    let client = client();
    let visits: Vec<_> = (0..200)
        .map(|_| {
            let visit = client.get(format!("{url}/health")).send();
            tokio::spawn(async move { visit.await?.error_for_status()?.text().await })
        })
        .collect();
    for visit in visits {
        assert_eq!(visit.await.unwrap().unwrap(), "up\n");
    }
    assert_eq!(stack.service().await.unwrap().desired_count(), 1);
    assert_eq!(stack.log().named("task_provisioning").len(), 1);
}

#[tokio::test]
async fn a_browser_gets_a_waiting_page_at_once_and_then_the_app() {
    let mut options = options();
    options.settings.start_seconds = Some(2.0);
    let stack = stack(&options).await;
    let page = open_page(&stack.url()).send().await.unwrap();
    assert_eq!(page.status(), 503);
    assert!(page.headers().contains_key("retry-after"));
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    // It came before the task was up.
    assert!(stack.log().named("task_running").is_empty());
    let arrive = async {
        while open_page(&stack.url()).send().await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(LIMIT, arrive).await.unwrap();
}

/// Targets that a careless redirect would send to another host.
const HOSTILE: [&str; 8] = [
    "//evil.example/x",
    "///evil.example/x",
    r"/\evil.example/x",
    r"\\evil.example\x",
    r"/\/evil.example",
    "/%2F/evil.example/x",
    "/%5Cevil.example",
    "//evil.example/%2e%2e?next=//evil.example",
];

#[tokio::test]
async fn no_path_leads_to_another_host() {
    let mut options = options();
    // With the default path list, the waker would refuse a path above the web's root.
    options.environment = json!({ "guard": { "default_paths": false } });
    let stack = stack(&options).await;
    let port = stack.load_balancer.port;
    let here = Url::parse(&stack.url()).unwrap();
    let visits =
        HOSTILE.map(|target| tokio::spawn(async move { raw_http::get(port, target, &[]).await.unwrap() }));
    for (visit, target) in visits.into_iter().zip(HOSTILE) {
        let answer = visit.await.unwrap();
        if !target.starts_with('/') {
            // Without a path, no rule of the load balancer matches.
            assert_eq!(answer.status, 404, "{target}");
            continue;
        }
        assert_eq!(answer.status, 307, "{target}");
        let location = answer.header("location").unwrap();
        // Resolved like in a browser.
        let followed = here.join(location).unwrap();
        assert_eq!(followed.origin(), here.origin(), "{target}: {location}");
    }
}
