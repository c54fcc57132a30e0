//! Waiting for ports and URLs.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::entrypoint::run::Run;

/// An HTTP server that answers the statuses in order, and repeats the last one.
async fn http(statuses: &'static [u16]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut statuses = statuses.iter().peekable();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]);
            assert!(request.starts_with("GET /ready?token=a HTTP/1.1\r\n"), "{request}");
            assert!(request.contains(&format!("host: {address}\r\n")), "{request}");
            let status = if statuses.len() > 1 { statuses.next() } else { statuses.peek().copied() };
            let answer = format!("HTTP/1.1 {} Text\r\ncontent-length: 2\r\n\r\nok", status.unwrap());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}/ready?token=a")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_dependencies_are_waited_for_at_the_same_time() {
    let late = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = http(&[503, 404, 200]).await;
    let mut running =
        Run::new().env("ENTRYPOINT_WAIT", format!("tcp://{late} {url}")).start(&["--", "echo", "ran"]);
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
    assert!(!outcome.log.contains("token"), "{}", outcome.log);
    assert_eq!(outcome.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_an_answer() {
    let run = Run::new().env("ENTRYPOINT_WAIT", http(&[302]).await);
    assert_eq!(run.command(&["echo", "ran"]).await.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_do_not_matter_to_a_url_without_tls() {
    for file in ["", "/no/such/file"] {
        let run = Run::new().env("ENTRYPOINT_WAIT", http(&[200]).await).env("SSL_CERT_FILE", file);
        assert_eq!(run.command(&["echo", "ran"]).await.success(), "ran\n", "{file:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_not_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await.unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            while stream.write_all(&[b'.'; 1024]).await.is_ok() {}
        }
    });
    let run = Run::new().env("ENTRYPOINT_WAIT", url).env("ENTRYPOINT_TIMEOUT", "5");
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
