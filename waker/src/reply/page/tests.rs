use std::io::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    config::{Accent, tests::example},
    environment::{
        failure::StartFailure,
        fault::FaultKind,
        snapshot::{
            DatabaseAnswer, DatabaseState, DatabaseStatus, Healthy, RouteTarget, Running, Snapshot, Tasks,
        },
        state_tag::StateTag,
        wake_history::WakeHistory,
    },
};

fn request(path: &str, query: &Value, headers: &Value) -> Request {
    Request::from_event(json!({
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": "GET", "path": path, "queryStringParameters": query, "headers": headers,
        "body": "", "isBase64Encoded": false,
    }))
    .unwrap()
}

fn status(environment: &Environment) -> Status {
    let tasks = Some(Tasks { desired: 2, ..Tasks::default() });
    let answer = DatabaseAnswer::Awaited;
    let database =
        Some(DatabaseState { status: DatabaseStatus::Available, answer, pauses: true, stoppable: true });
    let snapshot = Snapshot {
        running: Running { services: vec![tasks, tasks], database },
        healthy: Healthy(vec![Some(0), None]),
        route: RouteTarget::Waker,
        state_tag: StateTag::None,
        wake_history: WakeHistory::parse("1763717000"),
        suspended: crate::environment::scaling::Suspended::default(),
    };
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_763_717_020);
    Status::of(environment, &snapshot, now)
}

fn page(environment: &Environment, request: &Request, answer: Answer) -> Reply {
    let visit = Visit { environment, request, client: Client::Navigation };
    reply(&visit, answer, &status(environment))
}

fn plain() -> Request {
    request("/", &json!({}), &json!({}))
}

const WAITING: Answer = Answer::Waiting(Phase::ResumingDatabase);

fn answers() -> Vec<Answer> {
    vec![
        WAITING,
        Answer::Failed(Failure::Start(StartFailure::SecretDenied)),
        Answer::Failed(Failure::Fault(FaultKind::Throttled)),
        Answer::OverBudget,
        Answer::NeedsClick,
        Answer::NeedsToken,
        Answer::Refused(Refusal::Network),
        Answer::Refused(Refusal::Agent),
    ]
}

#[test]
fn the_waiting_page_says_what_happens_and_how_long_it_takes() {
    let reply = page(&example(), &plain(), WAITING);
    assert_eq!(reply.status, 503);
    for (name, value) in [
        (header::RETRY_AFTER, "3"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, "en"),
        (http::HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        assert_eq!(reply.headers[&name], value, "{name}");
    }
    for part in [
        "<title>staging is waking up</title>",
        "The database is resuming.",
        r#"aria-valuenow="30""#,
        "20 s so far · about 40 s left",
        r#"<li class="active"><span>Database</span> <span class="state">under way</span></li>"#,
        r#"<noscript><meta http-equiv="refresh" content="3"></noscript>"#,
    ] {
        assert!(reply.body.contains(part), "{part} is missing in {}", reply.body);
    }
}

#[test]
fn every_page_is_small_and_loads_nothing_from_elsewhere() {
    let mut environment = example();
    environment.theme.title = Some("T".repeat(60));
    environment.theme.message = Some("m".repeat(500));
    environment.theme.logo = Some(format!("data:image/png;base64,{}", "A".repeat(6000)));
    for language in ["en", "de", "fr", "es", "ja", "zh"] {
        let request = request("/", &json!({}), &json!({"accept-language": language}));
        for answer in answers() {
            let reply = page(&environment, &request, answer);
            assert!(reply.body.len() < 20 * 1024, "{} bytes for {answer:?}", reply.body.len());
            let body = reply.body.replace("http://www.w3.org/2000/svg", "");
            assert!(!body.contains("http://") && !body.contains("https://"), "{body}");
            assert!(body.contains(&format!(r#"<html lang="{language}">"#)));
        }
    }
}

#[test]
fn the_policy_allows_only_the_pages_own_script() {
    let of = || {
        let reply = page(&example(), &plain(), WAITING);
        let policy = reply.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        (policy, reply.body)
    };
    let (policy, body) = of();
    assert!(policy.starts_with("default-src 'none'; script-src 'nonce-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert_eq!(nonce.len(), 22, "128 bits in base64");
    assert_eq!(body.matches("<script").count(), body.matches(&format!(r#"nonce="{nonce}">"#)).count() - 1);
    assert!(!body.contains(" style=") && !body.contains(" onclick"), "the policy would refuse it");
    assert_ne!(of().0, policy, "a nonce is used once");
}

#[test]
fn a_failure_says_what_a_person_can_do_and_nothing_of_aws() {
    for (failure, cause, advice) in [
        (
            Failure::Start(StartFailure::ImageNotPulled),
            "image cannot be downloaded",
            "tell the person who runs",
        ),
        (
            Failure::Start(StartFailure::SecretDenied),
            "A secret that the application needs",
            "tell the person",
        ),
        (Failure::Start(StartFailure::ContainerExits), "stops right after its start", "tell the person"),
        (Failure::Start(StartFailure::NoCapacity), "There is no capacity", "passes by itself"),
        (Failure::Start(StartFailure::DeploymentFailed), "last deployment failed", "tell the person"),
        (Failure::DatabaseUnusable, "The database does not come up", "tell the person"),
        (Failure::Fault(FaultKind::Throttled), "does not answer at the moment", "passes by itself"),
    ] {
        let body = page(&example(), &plain(), Answer::Failed(failure)).body;
        for part in [cause, advice, ">Try again</a>", "staging cannot be woken"] {
            assert!(body.contains(part), "{part} is missing in {body}");
        }
        assert!(!body.contains("http-equiv"), "a page that retries does not help here");
    }
}

#[test]
fn a_button_or_a_token_is_asked_for() {
    let request = request("/a", &json!({"b": "1", "c": "%22"}), &json!({"accept-language": "de"}));
    let body = page(&example(), &request, Answer::NeedsClick).body;
    for part in [
        r#"<form id="form" method="post" action="/.reveille/wake?environment=staging">"#,
        r#"name="to" value="/a?b=1&#38;c=%22""#,
        "<button type=\"submit\">Aufwecken</button>",
    ] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
    assert!(!body.contains("type=\"password\""));
    assert!(page(&example(), &request, Answer::NeedsToken).body.contains("type=\"password\""));
    let refused = page(&example(), &request, Answer::Refused(Refusal::Network));
    assert_eq!((refused.status.as_u16(), refused.headers.get(header::RETRY_AFTER)), (403, None));
    assert!(!refused.body.contains("<form"));
}

#[test]
fn a_theme_changes_what_is_seen() {
    let mut environment = example();
    environment.theme.title = Some("Müller & <Söhne>".to_owned());
    environment.theme.message = Some("One \"moment\".".to_owned());
    environment.theme.logo = Some("data:image/png;base64,AAAA".to_owned());
    let body = page(&environment, &plain(), WAITING).body;
    for part in [
        "<title>Müller &#38; &#60;Söhne&#62; is waking up</title>",
        "<p>One &#34;moment&#34;.</p>",
        r#"<img class="logo" src="data:image/png;base64,AAAA" alt="">"#,
    ] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
    assert!(!body.contains("<Söhne>"));
}

#[test]
fn text_on_the_accent_can_be_read() {
    assert_eq!((Accent::default().to_string().as_str(), Accent::default().text()), ("#2f5bd0", "#fff"));
}

/// An environment with this template, and the result of its check.
fn with_template(source: &str) -> (Environment, Result<(), TemplateError>) {
    let mut environment = example();
    environment.theme.template = Some(source.to_owned());
    let checked = check_template(&environment);
    (environment, checked)
}

const OWN: &str = r#"<!doctype html><title>{{ title }}</title><style nonce="{{ nonce }}">{{ style }}</style>
<h1>{{ name }}</h1>{% if form %}<form id="form" method="post" action="{{ form.action }}"></form>{% endif %}
<ol id="steps">{% for step in steps %}<li>{{ step.label }}{% endfor %}</ol><p id="again" hidden><a href=""></a>
<script id="settings" type="application/json">{{ settings }}</script><script nonce="{{ nonce }}">{{ script }}</script>"#;

#[test]
fn a_users_template_is_used_and_escapes() {
    let (mut environment, checked) = with_template(OWN);
    checked.unwrap();
    environment.theme.title = Some("<b>".to_owned());
    let body = page(&environment, &plain(), WAITING).body;
    assert!(body.contains("<title>&lt;b&gt; is waking up</title>"), "{body}");
    assert!(body.contains("<li>Database") && body.contains("performance.now()"), "{body}");
}

#[test]
fn a_template_that_does_not_render_a_page_is_refused() {
    assert!(matches!(with_template("{% if %}").1, Err(TemplateError::Syntax(_))));
    assert!(matches!(with_template(&"x".repeat(70_000)).1, Err(TemplateError::Large)));
    let error = |source: &str| with_template(source).1.unwrap_err().to_string();
    assert!(error("{{ nmae }}").starts_with("cannot be rendered as a page of kind waiting: undefined value"));
    assert_eq!(error("<h1>{{ name }}</h1>"), "must contain {{ script }}");
    assert_eq!(error(&OWN.replace("{{ form.action }}", "/x")), "must contain {{ form.action }}");
}

#[test]
fn a_wrong_theme_is_named_in_the_configuration() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{{{{ nothing }}}}").unwrap();
    let theme = json!({"template_file": file.path().to_str().unwrap()});
    let problems = crate::config::tests::problems_with("/theme", theme);
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("environments[0].theme.template_file: cannot be rendered"),
        "{problems:?}"
    );
}

proptest! {
    /// For any values, the page has its usual tags and no others.
    #[test]
    fn no_markup_gets_out_unescaped(
        path in "/\\PC{0,60}", name in "\\PC{0,20}", value in "\\PC{0,40}", language in "[ -~]{0,40}",
    ) {
        let tags = |body: &str| body.matches('<').count();
        let request = request(&path, &json!({name: value}), &json!({"accept-language": language}));
        for answer in answers() {
            let body = page(&example(), &request, answer).body;
            let plain = page(&example(), &plain(), answer).body;
            prop_assert_eq!(tags(&body), tags(&plain));
            prop_assert_eq!(body.matches('"').count(), plain.matches('"').count());
        }
    }
}

#[test]
fn a_page_after_a_form_says_that_it_was_not_sent_and_does_not_send_it_again() {
    let environment = example();
    for answer in answers() {
        let request = plain();
        let visit = Visit { environment: &environment, request: &request, client: Client::Form };
        let html = reply(&visit, answer, &status(&environment)).body;
        assert!(html.contains("has not reached the application"), "{answer:?}: {html}");
        assert!(!html.contains("http-equiv=\"refresh\""), "{answer:?}");
        assert!(!html.contains("goes on by itself"), "{answer:?}");
        let offered = html.contains(r#""send_again":"Send it again""#);
        assert_eq!(offered, !matches!(answer, Answer::Refused(_)), "{answer:?}");
        let navigation = page(&environment, &plain(), answer).body;
        assert!(!navigation.contains("has not reached") && navigation.contains(r#""send_again":null"#));
    }
}
