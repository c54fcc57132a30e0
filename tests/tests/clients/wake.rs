//! A wake that takes longer than two holds.

use std::ops::Range;

use futures_util::future::join_all;
use reveille_tests::web_socket;
use serde_json::{Value, json};

use crate::clients::client::Client;
use crate::clients::visit::Visit;
use crate::clients::*;

/// The database resumes in 15 s, as Aurora does; tasks and their health check take about 60 s. The
/// load balancer follows a turned route after 2 s.
fn at_the_pace_of_aws() -> Options {
    let mut options = Options::sample().unwrap();
    options.resume = Duration::from_secs(15);
    options.settings.start_seconds = Some(54.0);
    options.settings.health_check_seconds = Some(5.0);
    options.settings.rule_propagation_seconds = Some(2.0);
    options
}

/// From the first request of all clients until the same client reached the app.
const WAKE: Range<Duration> = Duration::from_secs(55)..Duration::from_secs(80);
/// Python's urllib follows no more redirects to one address, and Java's `HttpClient` makes five
/// requests at most.
const MOST_REDIRECTS: usize = 4;

#[tokio::test]
async fn a_wake_of_a_minute_brings_every_client_the_answer_to_its_one_request() {
    let test = "a_wake_of_a_minute_brings_every_client_the_answer_to_its_one_request";
    let clients = tokio::task::spawn_blocking(|| list::installed(test)).await.unwrap().unwrap();
    let stack = stack(&at_the_pace_of_aws()).await;
    let (url, port) = (stack.url(), stack.load_balancer.port);

    // A load balancer cannot forward an upgrade to a function.
    assert_eq!(web_socket::upgrade(port).await.unwrap().0, "400");
    assert!(stack.log().named("desired_count_set").is_empty());

    let (answers, called) =
        tokio::join!(join_all(clients.iter().map(|client| client.send(&url))), grpc::call(url.clone()));
    let failures: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(failures.is_empty(), "{failures:#?}");

    // The clients' requests are all in the log before this.
    let mut socket = web_socket::open(port).await.unwrap();
    web_socket::say(&mut socket, "hello").await.unwrap();
    stack.log().find(0, LIMIT, |event| event.text("path") == "/socket").await.unwrap();

    for client in &clients {
        tell(client, &Visit::of(stack.log(), &client.path()));
    }
    for (client, answer) in clients.iter().zip(answers) {
        let echo: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        let sent = json!([client.method(), client.path(), client.body()]);
        assert_eq!(json!([echo["method"], echo["path"], echo["body"]]), sent, "{}", client.name);
        let visit = Visit::of(stack.log(), &client.path());
        assert_eq!(visit.to_app, 1, "{}: {visit:?}", client.name);
        assert_eq!(visit.redirects(), visit.answers.len(), "{}: {visit:?}", client.name);
        // One hold ends before the app is up, even for a program that is slow to start.
        assert!((2..=MOST_REDIRECTS).contains(&visit.redirects()), "{}: {visit:?}", client.name);
    }
    let visits = clients.iter().map(|client| Visit::of(stack.log(), &client.path()));
    let longest = visits.max_by_key(|visit| visit.took).unwrap();
    assert!(WAKE.contains(&longest.took) && longest.redirects() > 2, "{longest:?}");

    // After a hold in which the database has resumed. A redirect would fail, because it follows
    // none.
    assert_eq!(called.unwrap(), "UNAVAILABLE The application is starting.");
    let call = Visit::of(stack.log(), grpc::PATH);
    assert_eq!((call.answers.as_slice(), call.to_app), (&[200][..], 0));
}

#[allow(clippy::print_stderr, reason = "the documentation has these numbers")]
fn tell(client: &Client, visit: &Visit) {
    let (name, method, redirects) = (client.name, client.method(), visit.redirects());
    eprintln!(
        "{name}: {method}, {redirects} redirects, {:.1} s {:?}",
        visit.took.as_secs_f64(),
        visit.answers
    );
}
