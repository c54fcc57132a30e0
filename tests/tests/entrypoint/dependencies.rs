//! Waiting for ports and URLs.

use reveille_tests::endpoint::Endpoint;
use reveille_tests::endpoint::answer::Answer;
use tokio::net::TcpListener;

use crate::entrypoint::run::Run;

/// A health endpoint.
struct Http(Endpoint);

impl Http {
    /// It answers these statuses in order, and repeats the last one.
    async fn start(statuses: &[u16]) -> Self {
        let endpoint = Endpoint::start().await.unwrap();
        endpoint.answers("ready", statuses.iter().map(|status| Answer::Json(*status, "ok".to_owned())));
        Self(endpoint)
    }

    fn url(&self) -> String {
        format!("{}/ready?token=a", self.0.url())
    }

    /// Asserts that it was asked, and that each request is as it must be.
    fn assert_asked(&self) {
        let requests = self.0.calls("ready");
        assert!(!requests.is_empty());
        for request in requests {
            assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/ready?token=a"));
            assert_eq!(request.header("host"), self.0.address.to_string());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_dependencies_are_waited_for_at_the_same_time() {
    let late = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let http = Http::start(&[503, 404, 200]).await;
    let dependencies = format!("tcp://{late} {}", http.url());
    let mut running = Run::new().env("ENTRYPOINT_WAIT", dependencies).start(&["--", "echo", "ran"]);
    running.log("the answer has the status 503").await;
    running.log("up").await;
    let listener = TcpListener::bind(late).await.unwrap();
    let outcome = running.end().await;
    drop(listener);
    for line in
        ["the answer has the status 404", "Connection refused", &format!("up dependency=\"tcp://{late}\"")]
    {
        assert!(outcome.log.contains(line), "{line:?} is not in\n{}", outcome.log);
    }
    http.assert_asked();
    assert!(!outcome.log.contains("token"), "{}", outcome.log);
    assert_eq!(outcome.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_an_answer() {
    let http = Http::start(&[302]).await;
    let run = Run::new().env("ENTRYPOINT_WAIT", http.url());
    assert_eq!(run.command(&["echo", "ran"]).await.success(), "ran\n");
    http.assert_asked();
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_do_not_matter_to_a_url_without_tls() {
    for file in ["", "/no/such/file"] {
        let http = Http::start(&[200]).await;
        let run = Run::new().env("ENTRYPOINT_WAIT", http.url()).env("SSL_CERT_FILE", file);
        assert_eq!(run.command(&["echo", "ran"]).await.success(), "ran\n", "{file:?}");
        http.assert_asked();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_not_read() {
    let endpoint = Endpoint::start().await.unwrap();
    endpoint.answer("events", Answer::Endless);
    let run = Run::new()
        .env("ENTRYPOINT_WAIT", format!("{}/events", endpoint.url()))
        .env("ENTRYPOINT_TIMEOUT", "5");
    assert_eq!(run.command(&["echo", "ran"]).await.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dependency_that_does_not_come_up_is_69_and_few_lines() {
    let refused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let run = Run::new().env("ENTRYPOINT_WAIT", format!("tcp://{refused}")).env("ENTRYPOINT_TIMEOUT", "3");
    let log = run.command(&["echo", "ran"]).await.failure(
        69,
        &format!("tcp://{refused} did not come up within 3 s: no connection (Connection refused"),
    );
    let words: Vec<_> = log.lines().map(|line| line.split_whitespace().nth(2).unwrap()).collect();
    assert_eq!(words[..2], ["waiting", "not"], "{log}");
    assert_eq!(words.len(), 3, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_resolve_is_waited_for() {
    let run = Run::new()
        .env("ENTRYPOINT_WAIT", "tcp://no-such-host.invalid:1")
        .env("ENTRYPOINT_ATTEMPT_TIMEOUT", "1")
        .env("ENTRYPOINT_TIMEOUT", "1");
    let outcome = run.command(&["echo", "ran"]).await;
    outcome.failure(69, "tcp://no-such-host.invalid:1 did not come up within 1 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_json_when_asked_for() {
    let refused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let run = Run::new()
        .env("ENTRYPOINT_WAIT", format!("tcp://{refused}"))
        .env("ENTRYPOINT_TIMEOUT", "1")
        .env("ENTRYPOINT_LOG", "json");
    let outcome = run.command(&["echo", "ran"]).await;
    assert_eq!(outcome.code, Some(69));
    let lines: Vec<serde_json::Value> =
        outcome.log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["message"], "waiting");
    assert_eq!(lines[0]["dependency"], format!("tcp://{refused}"));
    assert_eq!(lines.last().unwrap()["level"], "ERROR");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_references_nothing_of_aws_is_touched() {
    // Each of these would be an error for an AWS client.
    let run = Run::new()
        .env("AWS_CA_BUNDLE", "/no/such/file")
        .env("AWS_PROFILE", "no-such-profile")
        .env("AWS_ENDPOINT_URL", "no URL")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "no URL");
    assert_eq!(run.command(&["echo", "ran"]).await.success(), "ran\n");
}
