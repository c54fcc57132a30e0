use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::{
    config::tests::example,
    environment::{
        failure::{Failure, StartFailure},
        plan::Phase,
    },
};

pub(super) fn request(method: &str, path: &str, headers: &Value) -> Request {
    let event = json!({
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": method, "path": path, "headers": headers, "body": "", "isBase64Encoded": false,
    });
    Request::from_event(event).unwrap()
}

fn answered(environment: &Environment, request: &Request, client: Client, answer: Answer) -> Reply {
    let status = Status::bare(environment, EnvironmentState::Unknown, answer.phase());
    reply(&Visit { environment, request, client }, answer, &status)
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

#[test]
fn the_client_is_recognised_by_method_accept_and_fetch_metadata() {
    use Client::{Form, Navigation, Other};
    for (method, headers, client) in [
        ("GET", json!({"accept": BROWSER}), Navigation),
        ("GET", json!({"accept": BROWSER, "sec-fetch-mode": "navigate"}), Navigation),
        ("GET", json!({"accept": BROWSER, "sec-fetch-mode": "cors"}), Other),
        ("GET", json!({"accept": "TEXT/HTML"}), Navigation),
        ("GET", json!({"accept": "text/html;q=0, application/json"}), Other),
        ("GET", json!({"accept": "*/*"}), Other),
        ("GET", json!({"accept": "application/json"}), Other),
        ("GET", json!({}), Other),
        ("HEAD", json!({"accept": BROWSER}), Other),
        ("POST", json!({"accept": BROWSER}), Form),
        ("POST", json!({"accept": BROWSER, "sec-fetch-mode": "navigate"}), Form),
        ("POST", json!({"accept": BROWSER, "sec-fetch-mode": "cors"}), Other),
        ("POST", json!({"accept": "*/*"}), Other),
        ("PUT", json!({"accept": BROWSER}), Form),
    ] {
        assert_eq!(Client::of(&request(method, "/", &headers)), client, "{method} {headers}");
    }
}

#[test]
fn a_redirect_keeps_path_and_query() {
    for (path, query, expected) in [
        ("/", vec![], "/"),
        ("/a/b;c=1/@x:y", vec![], "/a/b;c=1/@x:y"),
        ("/a%2Fb%20c", vec![("q", "1+2%2B3")], "/a%2Fb%20c?q=1+2%2B3"),
        ("/s", vec![("a", "1"), ("a", ""), ("b", "x=y")], "/s?a=1&a=&b=x=y"),
        ("/ä b?c#d", vec![], "/%C3%A4%20b%3Fc%23d"),
        ("/100%", vec![("p", "50%")], "/100%25?p=50%25"),
        ("/x", vec![("a&b", "c#d")], "/x?a%26b=c%23d"),
    ] {
        assert_eq!(location(path, &owned(&query)), expected, "{path}");
    }
}

#[test]
fn a_redirect_never_leads_to_another_host() {
    for path in [
        "//evil.example/x",
        "///evil.example/x",
        "/\\evil.example/x",
        "\\\\evil.example/x",
        "https://evil.example/x",
        "/%2F/evil.example",
        "/\t/evil.example/x",
        "/.//evil.example/x",
        "@evil.example",
        "javascript:alert(1)",
    ] {
        let base = Url::parse("https://app.example.com/start").unwrap();
        let target = base.join(location(path, &[]).to_str().unwrap()).unwrap();
        assert_eq!((target.scheme(), target.host_str()), ("https", Some("app.example.com")), "{path}");
    }
    let base = Url::parse("https://app.example.com/").unwrap();
    let target = base.join(location("//evil.example/x", &[]).to_str().unwrap()).unwrap();
    assert_eq!(target.path(), "//evil.example/x", "the path stays what it was");
}

proptest! {
    #[test]
    fn no_path_and_query_lead_off_host_or_break_the_header(
        path in any::<String>(), query in prop::collection::vec((any::<String>(), any::<String>()), 0..4),
    ) {
        let location = location(&path, &query);
        let text = location.to_str().unwrap();
        prop_assert!(text.starts_with('/') && !text.starts_with("//"));
        prop_assert!(text.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\'));
        let target = Url::parse("https://app.example.com/").unwrap().join(text).unwrap();
        prop_assert_eq!(target.origin().ascii_serialization(), "https://app.example.com");
        let pairs = if query.is_empty() { 0 } else { query.len() };
        prop_assert_eq!(target.query().map_or(0, |query| query.split('&').count()), pairs);
    }

    /// A valid address is passed on unchanged.
    #[test]
    fn encoded_characters_stay_unchanged(
        path in "(/([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}){1,8}){1,4}",
        query in prop::collection::vec((
            "([a-zA-Z0-9._~!$'()*+,;:@/?-]|%[0-9A-Fa-f]{2}){1,8}",
            "([a-zA-Z0-9._~!$'()*+,;:@/?=-]|%[0-9A-Fa-f]{2}){0,8}",
        ), 0..4),
    ) {
        let pairs: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut expected = path.clone();
        if !pairs.is_empty() {
            expected = format!("{path}?{}", pairs.join("&"));
        }
        let location = location(&path, &query);
        prop_assert_eq!(location.to_str().unwrap(), expected);
    }
}

#[test]
fn each_outcome_has_its_form_for_each_client() {
    let environment = example();
    let asked = request("GET", "/a", &json!({}));
    let failure = Failure::Start(StartFailure::ImageNotPulled);
    let (html, problem) = (Some("text/html; charset=utf-8"), Some("application/problem+json"));
    for (answer, client, status, media_type) in [
        (Answer::Ready, Client::Navigation, 307, None),
        (Answer::Ready, Client::Other, 307, None),
        (Answer::Waiting(Phase::StartingTasks), Client::Navigation, 503, html),
        (Answer::Waiting(Phase::StartingTasks), Client::Other, 503, problem),
        (Answer::Failed(failure), Client::Navigation, 503, html),
        (Answer::Failed(failure), Client::Other, 503, problem),
        (Answer::NeedsClick, Client::Navigation, 503, html),
        (Answer::NeedsClick, Client::Other, 503, problem),
        (Answer::NeedsToken, Client::Other, 503, problem),
        (Answer::OverBudget, Client::Other, 503, problem),
        (Answer::Refused(Refusal::Agent), Client::Other, 503, problem),
    ] {
        let reply = answered(&environment, &asked, client, answer);
        assert_eq!(reply.status.as_u16(), status);
        assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(reply.headers[header::REFERRER_POLICY], "same-origin");
        assert_eq!(reply.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(reply.headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap()), media_type);
        assert_eq!(reply.headers.contains_key(header::RETRY_AFTER), status == 503);
        assert_eq!(reply.headers.get(header::LOCATION).is_some(), status == 307);
    }
}

#[test]
fn a_problem_names_phase_or_cause() {
    let asked = request("GET", "/a", &json!({}));
    let body = |answer| -> Value {
        serde_json::from_str(&answered(&example(), &asked, Client::Other, answer).body).unwrap()
    };
    let waiting = body(Answer::Waiting(Phase::ResumingDatabase));
    assert_eq!((&waiting["code"], &waiting["phase"]), (&json!("waking"), &json!("resuming_database")));
    let failed = body(Answer::Failed(Failure::Start(StartFailure::SecretDenied)));
    assert_eq!((&failed["status"], &failed["code"]), (&json!(503), &json!("secret_denied")));
}

#[test]
fn a_network_that_is_refused_is_forbidden_for_good() {
    let asked = request("GET", "/a", &json!({}));
    for client in [Client::Navigation, Client::Other] {
        let reply = answered(&example(), &asked, client, Answer::Refused(Refusal::Network));
        assert_eq!((reply.status.as_u16(), reply.headers.get(header::RETRY_AFTER)), (403, None));
    }
}

#[test]
fn grpc_clients_get_a_status_of_theirs_and_no_body() {
    for media_type in ["application/grpc", "application/grpc+proto", "Application/gRPC-Web-Text"] {
        let asked = request("POST", "/pkg.Service/Call", &json!({"content-type": media_type}));
        assert_eq!(Client::of(&asked), Client::Grpc, "{media_type}");
        for answer in [Answer::Ready, Answer::Waiting(Phase::StartingTasks), Answer::NeedsToken] {
            let reply = answered(&example(), &asked, Client::Grpc, answer);
            assert_eq!((reply.status.as_u16(), reply.body.as_str()), (200, ""));
            assert_eq!(reply.headers[header::CONTENT_TYPE], "application/grpc");
            assert_eq!(reply.headers["grpc-status"], "14");
        }
    }
    assert_eq!(
        Client::of(&request("POST", "/", &json!({"content-type": "application/json"}))),
        Client::Other
    );
}

#[test]
fn robots_and_favicons_are_recognised() {
    for (path, media_type) in [
        ("/robots.txt", Some("text/plain; charset=utf-8")),
        ("/favicon.ico", Some("image/svg+xml")),
        ("/apple-touch-icon-precomposed.png", Some("image/svg+xml")),
        ("/docs/robots.txt", None),
        ("/", None),
    ] {
        let reply = File::of(&request("GET", path, &json!({}))).map(File::reply);
        let found = reply.map(|reply| reply.headers[header::CONTENT_TYPE].to_str().unwrap().to_owned());
        assert_eq!(found.as_deref(), media_type, "{path}");
    }
    assert!(File::of(&request("POST", "/robots.txt", &json!({}))).is_none());
}

#[test]
fn the_token_is_taken_out_of_the_address() {
    let mut asked = request("GET", "/a", &json!({}));
    asked.query = owned(&[("x", "1"), ("reveille_token", "secret"), ("y", "2")]);
    assert_eq!(without_token(&asked).headers[header::LOCATION], "/a?x=1&y=2");
    let ready = answered(&example(), &asked, Client::Other, Answer::Ready);
    assert_eq!(ready.headers[header::LOCATION], "/a?x=1&y=2");
    assert_eq!(see_other("/a?x=1&reveille_token=secret").headers[header::LOCATION], "/a?x=1");
    assert!(!format!("{asked:?}").contains("secret"));
}

#[test]
fn a_redirect_is_no_longer_than_the_load_balancer_takes() {
    for (path, status) in [
        (format!("/{}", "a".repeat(8 * 1024 - 1)), 307),
        (format!("/{}", "a".repeat(8 * 1024)), 414),
        (format!("/{}", "{".repeat(15_900)), 414),
    ] {
        let asked = request("GET", &path, &json!({}));
        assert_eq!(without_token(&asked).status.as_u16(), status, "{} bytes", path.len());
        assert_eq!(is_too_long(&asked), status == 414);
        let back = see_other(&path).status.as_u16();
        assert_eq!(back, if status == 414 { 414 } else { 303 });
    }
    let mut asked = request("GET", "/", &json!({}));
    asked.query = owned(&[("filter", &"{\"a\":1}".repeat(1700)), ("reveille_token", "x")]);
    assert_eq!(without_token(&asked).status.as_u16(), 414);
}

#[test]
fn a_head_has_no_body_and_every_answer_a_state() {
    let reply = ProblemDocument::unknown_host();
    assert!(!reply.body.is_empty());
    let head = reply.clone().finished(&Method::HEAD, EnvironmentState::Asleep);
    assert_eq!((head.body.as_str(), &head.headers["x-reveille-state"]), ("", &"asleep".parse().unwrap()));
    assert_eq!(reply.clone().finished(&Method::GET, EnvironmentState::Unknown).body, reply.body);
}

proptest! {
    #[test]
    fn a_forms_way_back_never_leads_to_another_host(to in any::<String>()) {
        let reply = see_other(&to);
        let text = reply.headers[header::LOCATION].to_str().unwrap();
        let target = Url::parse("https://app.example.com/").unwrap().join(text).unwrap();
        prop_assert_eq!(target.origin().ascii_serialization(), "https://app.example.com");
    }
}

#[test]
fn the_answer_has_the_form_of_the_event() {
    let single = serde_json::to_value(ProblemDocument::unknown_host().into_response(false)).unwrap();
    assert_eq!(single["statusCode"], 404);
    assert_eq!(single["statusDescription"], "404 Not Found");
    assert_eq!(single["headers"]["content-type"], "application/problem+json");
    assert_eq!(single["multiValueHeaders"], json!({}));
    let multi = serde_json::to_value(ProblemDocument::unknown_host().into_response(true)).unwrap();
    assert_eq!(multi["multiValueHeaders"]["content-type"], json!(["application/problem+json"]));
    assert_eq!(multi["headers"], json!({}));
}
