//! Health endpoints and a Secrets Manager that break HTTP, or send unrequested answers.

use crate::hostile::entrypoint::{Case, NOT_IN_TIME, RAN, REFUSED, hold};
use crate::hostile::strings::SECRET;
use crate::tcp_script::{Act, say, serve};
use Act::{Flood, Hang, Hear, Trickle};

const NO_RESPONSE: &str = "the connection broke";
const TIMED_OUT: &str = "the attempt timed out";
const UNAVAILABLE: &str = "Secrets Manager did not answer";
const TOO_LONG: &str = "reading secrets took longer than ENTRYPOINT_TIMEOUT";
/// It is retried until the time is over, which ends an attempt or the wait before the next.
const TOO_LONG_OR_UNAVAILABLE: &str =
    "reading secrets took longer than ENTRYPOINT_TIMEOUT | Secrets Manager did not answer";
/// An answer that the SDK cannot read has no error code.
const NO_ERROR_CODE: &str = "Secrets Manager refuses (no error code";

type Row = (&'static str, Vec<Act>, i32, &'static str);

fn heard(then: &str) -> Vec<Act> {
    vec![Hear, say(then.as_bytes()), Hang]
}

fn health() -> Vec<Row> {
    let to_itself = "HTTP/1.1 302 Found\r\nlocation: /ready\r\ncontent-length: 0\r\n\r\n";
    vec![
        ("an answer", heard("HTTP/1.1 204 No Content\r\n\r\n"), RAN, "up"),
        // It counts as an answer, and is not followed.
        ("a redirect to itself", heard(to_itself), RAN, "up"),
        (
            "a header without end",
            vec![Hear, say(b"HTTP/1.1 200 OK\r\na: "), Flood(vec![b'x'; 64])],
            NOT_IN_TIME,
            NO_RESPONSE,
        ),
        (
            "headers without end",
            vec![Hear, say(b"HTTP/1.1 200 OK\r\n"), Flood(b"a: b\r\n".to_vec())],
            NOT_IN_TIME,
            NO_RESPONSE,
        ),
        (
            "a header in bytes",
            vec![Hear, say(b"HTTP/1.1 200 OK\r\n"), Trickle(b"a: b\r\n".to_vec())],
            NOT_IN_TIME,
            TIMED_OUT,
        ),
        (
            "a status line without end",
            vec![Hear, say(b"HTTP/1.1 200 "), Flood(vec![b'x'; 64])],
            NOT_IN_TIME,
            NO_RESPONSE,
        ),
        ("silence", vec![Hear, Hang], NOT_IN_TIME, TIMED_OUT),
        ("closed", vec![Hear], NOT_IN_TIME, NO_RESPONSE),
        ("closed within the head", vec![Hear, say(b"HTTP/1.1 200 OK\r\na")], NOT_IN_TIME, NO_RESPONSE),
        (
            "continue without end",
            vec![Hear, Flood(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())],
            NOT_IN_TIME,
            TIMED_OUT,
        ),
        ("another protocol", heard("ICY 200 OK\r\n\r\n"), NOT_IN_TIME, NO_RESPONSE),
        ("a version of the future", heard("HTTP/9.9 200 OK\r\n\r\n"), NOT_IN_TIME, NO_RESPONSE),
        ("HTTP/2", heard("\0\0\u{12}\u{4}\0\0\0\0\0\0\u{3}\0\0\0d"), NOT_IN_TIME, NO_RESPONSE),
        ("a status of four digits", heard("HTTP/1.1 2000 OK\r\n\r\n"), NOT_IN_TIME, NO_RESPONSE),
        ("a status that is no number", heard("HTTP/1.1 OK\r\n\r\n"), NOT_IN_TIME, NO_RESPONSE),
        ("status 999", heard("HTTP/1.1 999 no\r\n\r\n"), NOT_IN_TIME, "the answer has the status 999"),
        ("another protocol to switch to", heard("HTTP/1.1 101 no\r\nupgrade: h2c\r\n\r\n"), NOT_IN_TIME, ""),
        ("bytes that are no text", vec![Hear, say(&[0xff; 400]), Hang], NOT_IN_TIME, NO_RESPONSE),
        ("a header that forges lines", heard("HTTP/1.1 500 a\u{1b}[2J\r\nx: y\r\n\r\n"), NOT_IN_TIME, ""),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_health_endpoint_ends_it_in_time_with_the_right_code() {
    let mut cases = Vec::new();
    for (name, script, code, says) in health() {
        let url = format!("http://127.0.0.1:{}/ready?token={SECRET}", serve(script).await);
        let variables = vec![("ENTRYPOINT_WAIT", url)];
        cases.push(Case { name, variables, root: None, code, says });
    }
    let port = serve(heard("HTTP/1.1 200 OK\r\n\r\n")).await;
    let variables = vec![("ENTRYPOINT_WAIT", format!("https://127.0.0.1:{port}/ready?token={SECRET}"))];
    let says = "TLS cannot be trusted or agreed on";
    cases.push(Case { name: "no TLS where there must be", variables, root: None, code: REFUSED, says });
    hold(cases).await;
}

fn json(body: &str) -> Vec<Act> {
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\n";
    vec![Hear, Act::Say(format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes()), Hang]
}

fn secrets_manager() -> Vec<Row> {
    let deep = format!(r#"{{"SecretString":"{SECRET}","a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let key_of_deep =
        format!(r#"{{"SecretString":"{}{}"}}"#, r#"{\"key\":"#.repeat(5_000), "}".repeat(5_000));
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";
    let redirect = "HTTP/1.1 307 no\r\nlocation: http://169.254.169.254/latest/\r\ncontent-length: 0\r\n\r\n";
    vec![
        ("a secret", json(r#"{"SecretString":"{\"key\":\"hunter2\"}"}"#), RAN, ""),
        ("200 without a body", json(""), REFUSED, ""),
        ("no JSON", json("hunter2 {{{"), REFUSED, NO_ERROR_CODE),
        ("half of the JSON", json(r#"{"SecretString":"hunter2"#), REFUSED, NO_ERROR_CODE),
        ("a list", json("[]"), REFUSED, NO_ERROR_CODE),
        ("no secret", json("{}"), REFUSED, "it is binary"),
        ("a number for a secret", json(r#"{"SecretString":7}"#), REFUSED, NO_ERROR_CODE),
        ("an empty secret", json(r#"{"SecretString":""}"#), REFUSED, ""),
        ("a secret that is no JSON", json(r#"{"SecretString":"hunter2"}"#), REFUSED, ""),
        ("a secret without the key", json(r#"{"SecretString":"{\"hunter2\":1}"}"#), REFUSED, ""),
        ("NUL in a secret", json(r#"{"SecretString":"{\"key\":\"hunter2\\u0000\"}"}"#), REFUSED, "NUL"),
        ("deep JSON", json(&deep), REFUSED, NO_ERROR_CODE),
        ("a deep secret", json(&key_of_deep), REFUSED, ""),
        (
            "a body of 1 GB",
            vec![Hear, say(head.as_bytes()), Flood(vec![b' '; 1024])],
            NOT_IN_TIME,
            UNAVAILABLE,
        ),
        ("a body in bytes", vec![Hear, say(head.as_bytes()), Trickle(b" ".to_vec())], NOT_IN_TIME, TOO_LONG),
        ("a body that ends early", vec![Hear, say(head.as_bytes()), say(b"{")], NOT_IN_TIME, ""),
        (
            "headers without end",
            vec![Hear, say(b"HTTP/1.1 200 OK\r\n"), Flood(b"a: b\r\n".to_vec())],
            NOT_IN_TIME,
            "",
        ),
        ("silence", vec![Hear, Hang], NOT_IN_TIME, TOO_LONG),
        ("closed", vec![Hear], NOT_IN_TIME, ""),
        ("a redirect to the metadata", heard(redirect), REFUSED, ""),
        (
            "wait a day",
            heard(
                "HTTP/1.1 503 no\r\nretry-after: 86400\r\nx-amz-retry-after: 86400000\r\ncontent-length: 0\r\n\r\n",
            ),
            NOT_IN_TIME,
            "",
        ),
        (
            "an error that forges lines",
            heard(
                "HTTP/1.1 400 no\r\ncontent-length: 50\r\n\r\n{\"__type\":\"A\\u001b[2J\\nB\",\"message\":\"\\r\\n INFO up\"}",
            ),
            REFUSED,
            "",
        ),
        ("another protocol", heard("SSH-2.0-OpenSSH_9.9\r\n"), NOT_IN_TIME, TOO_LONG_OR_UNAVAILABLE),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_secrets_manager_ends_it_in_time_with_the_right_code() {
    let mut cases = Vec::new();
    for (name, script, code, says) in secrets_manager() {
        let variables = vec![
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", serve(script).await)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("API_KEY", "secretsmanager:app#key".to_owned()),
        ];
        cases.push(Case { name, variables, root: None, code, says });
    }
    hold(cases).await;
}
