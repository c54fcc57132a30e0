use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::{
    config::tests::{config, example},
    environment::{
        cloud::Step,
        fault::{CloudError, FaultKind},
        snapshot::{
            DatabaseAnswer, DatabaseState, DatabaseStatus, Healthy, PartialSnapshot, RouteTarget, Running,
            Scope, Tasks,
        },
        state_tag::StateTag,
        wake_history::WakeHistory,
    },
};

/// Returns one observation after the other; panics when none is left.
struct Scripted(Mutex<VecDeque<Result<PartialSnapshot, FaultKind>>>);

impl Cloud for Scripted {
    async fn observe(&self, _: &Environment, scope: Scope) -> Result<PartialSnapshot, CloudError> {
        // A page reads the tags while it observes the rest.
        let tags = self
            .0
            .lock()
            .unwrap()
            .front()
            .is_some_and(|next| next.as_ref().is_ok_and(|partial| partial.state_tag.is_some()));
        if scope == Scope::STATE_TAG && !tags {
            return Ok(PartialSnapshot {
                state_tag: Some(StateTag::None),
                wake_history: Some(WakeHistory::default()),
                ..PartialSnapshot::default()
            });
        }
        let next = self.0.lock().unwrap().pop_front().expect("the script is over");
        next.map_err(|kind| CloudError::new(kind, "DescribeServices", "what AWS said"))
    }

    async fn apply(&self, _: &Environment, _: Step) -> Result<(), CloudError> {
        Ok(())
    }
}

fn waker(observations: impl IntoIterator<Item = Result<PartialSnapshot, FaultKind>>) -> Waker<Scripted> {
    Waker::new(config(), Scripted(Mutex::new(observations.into_iter().collect())))
}

fn observed(running: u32, route: RouteTarget) -> PartialSnapshot {
    let tasks = Some(Tasks { desired: 2, running, ..Tasks::default() });
    let database = Some(DatabaseState {
        status: DatabaseStatus::Available,
        answer: DatabaseAnswer::Up,
        pauses: true,
        stoppable: true,
    });
    PartialSnapshot {
        running: Some(Running { services: vec![tasks, tasks], database }),
        healthy: Some(Healthy(vec![Some(running), None])),
        route: Some(route),
        ..PartialSnapshot::default()
    }
}

fn event(payload: Value) -> LambdaEvent<Value> {
    let deadline = SystemTime::now() + Duration::from_secs(30);
    let mut context = Context::default();
    context.request_id = "request-1".to_owned();
    context.deadline = u64::try_from(deadline.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    LambdaEvent::new(payload, context)
}

fn browser(host: &str) -> LambdaEvent<Value> {
    event(json!({
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": "GET", "path": "/a", "queryStringParameters": {"b": "1"},
        "headers": {"host": host, "accept": "text/html"}, "body": "", "isBase64Encoded": false,
    }))
}

const HOST: &str = "staging.example.com";

/// Log lines of the code under test, as the function writes them.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The answer, and the log lines until then.
async fn handled(waker: &Waker<Scripted>, event: LambdaEvent<Value>) -> (AlbTargetGroupResponse, Vec<Value>) {
    let (answer, lines) = handled_any(waker, event).await;
    let Output::Response(response) = answer else { panic!("{answer:?}") };
    (*response, lines)
}

async fn handled_any(waker: &Waker<impl Cloud>, event: LambdaEvent<Value>) -> (Output, Vec<Value>) {
    let lines = Lines::default();
    let guard = tracing::subscriber::set_default(crate::logging::subscriber(|_| None, lines.clone()));
    let answer = waker.handle(event).await.unwrap();
    drop(guard);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    (answer, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[tokio::test]
async fn an_invocation_that_changes_nothing_logs_one_line_with_the_reason() {
    let waker = waker([Ok(observed(0, RouteTarget::Waker))]);
    let (response, lines) = handled(&waker, browser(HOST)).await;
    assert_eq!(response.status_code, 503);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(line["message"], "answered");
    assert_eq!((&line["status"], &line["phase"]), (&json!(503), &json!("starting_tasks")));
    assert_eq!(line["why"], "The application is starting.");
    assert_eq!(line["span"]["request_id"], "request-1");
    assert_eq!(line["span"]["environment"], "staging");
}

#[tokio::test]
async fn a_turned_route_is_a_redirect_to_the_same_path_and_query() {
    let waker = waker([Ok(observed(2, RouteTarget::Waker)), Ok(observed(2, RouteTarget::App))]);
    let (response, lines) = handled(&waker, browser(HOST)).await;
    assert_eq!((response.status_code, &response.headers["location"]), (307, &"/a?b=1".parse().unwrap()));
    assert_eq!(lines.len(), 2, "the step and the answer: {lines:?}");
}

#[tokio::test]
async fn an_error_reaches_the_log_with_its_chain_and_the_visitor_with_its_code() {
    let waker = waker([Err(FaultKind::Denied)]);
    let (response, lines) = handled(&waker, browser(HOST)).await;
    assert_eq!(response.status_code, 503);
    let page = serde_json::to_string(&response.body).unwrap();
    assert!(page.contains("The cloud refuses") && !page.contains("what AWS said"), "{page}");
    assert_eq!((&lines[0]["level"], &lines[0]["kind"]), (&json!("ERROR"), &json!("denied")));
    assert_eq!(lines[0]["cause"], "DescribeServices failed (denied): what AWS said");
}

#[tokio::test]
async fn a_panic_is_an_answer_like_any_other() {
    let (response, lines) = handled(&waker([]), browser(HOST)).await;
    assert_eq!(response.status_code, 503);
    assert!(lines.iter().any(|line| line["level"] == "ERROR"));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_in_its_own_form() {
    let odd = event(json!({
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": "G E T", "path": "/", "multiValueHeaders": {},
    }));
    let (response, _) = handled(&waker([]), odd).await;
    assert_eq!(response.status_code, 400);
    assert!(response.multi_value_headers.contains_key("content-type"));
}

#[tokio::test]
async fn a_head_that_cannot_be_read_gets_no_body() {
    for (method, empty) in [("HEAD", true), ("GET", false)] {
        let mut payload = browser(HOST).payload;
        (payload["httpMethod"], payload["path"]) = (json!(method), json!(7));
        let (response, _) = handled(&waker([]), event(payload)).await;
        let Some(aws_lambda_events::encodings::Body::Text(body)) = response.body else { panic!() };
        assert_eq!((response.status_code, body.is_empty()), (400, empty), "{method}");
    }
}

#[tokio::test]
async fn an_event_with_half_a_surrogate_pair_is_refused_as_a_request() {
    for (method, multi_value, empty) in [("GET", false, false), ("GET", true, false), ("HEAD", false, true)] {
        let headers = if multi_value { "multiValueHeaders" } else { "headers" };
        let text = format!(
            r#"{{"requestContext": {{"elb": {{}}}}, "httpMethod": "{method}", "path": "/\ud800", "{headers}": {{}}}}"#
        );
        let payload = RawValue::from_string(text).unwrap();
        let output = waker([]).handle_raw(LambdaEvent::new(payload, event(json!({})).context)).await;
        let Ok(Output::Response(response)) = output else { panic!("{output:?}") };
        let Some(aws_lambda_events::encodings::Body::Text(body)) = response.body else { panic!() };
        assert_eq!((response.status_code, body.is_empty()), (400, empty), "{method}");
        assert_eq!(response.multi_value_headers.is_empty(), !multi_value);
    }
    let foreign = RawValue::from_string(r#"{"source": "\ud800"}"#.to_owned()).unwrap();
    let refused = waker([]).handle_raw(LambdaEvent::new(foreign, event(json!({})).context)).await;
    assert!(matches!(refused, Err(EventError::Foreign)));
}

#[tokio::test]
async fn nothing_that_a_client_sends_in_a_header_is_logged() {
    for (method, header, value) in [
        ("GET", "cookie", "reveille_token=TOPSECRET\u{1}"),
        ("GET", "authorization", "Bearer TOPSECRET\u{7f}"),
        ("G E T", "cookie", "reveille_token=TOPSECRET"),
    ] {
        let mut payload = browser(HOST).payload;
        payload["httpMethod"] = json!(method);
        payload["headers"][header] = json!(value);
        let (response, lines) = handled(&waker([Ok(observed(0, RouteTarget::Waker))]), event(payload)).await;
        assert_eq!(response.status_code, if method == "GET" { 503 } else { 400 }, "{header}");
        assert!(
            !lines.is_empty() && lines.iter().all(|line| !line.to_string().contains("TOPSECRET")),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn an_event_of_another_origin_is_an_error() {
    let error = waker([]).handle(event(json!({"source": "aws.s3"}))).await.unwrap_err();
    assert!(matches!(error, EventError::Foreign));
}

fn resting() -> PartialSnapshot {
    let tasks = Some(Tasks::default());
    PartialSnapshot {
        running: Some(Running { services: vec![tasks, tasks], database: None }),
        ..observed(0, RouteTarget::Waker)
    }
}

#[tokio::test]
async fn a_tick_that_changes_nothing_logs_one_line_and_reports_each_environment() {
    let state_tag = PartialSnapshot { state_tag: Some(StateTag::None), ..PartialSnapshot::default() };
    let waker = waker([Ok(resting()), Ok(state_tag)]);
    let (output, lines) = handled_any(&waker, event(json!({"reveille": "tick"}))).await;
    let expected = json!({"environments": [{
        "environment": "staging", "state": "asleep", "phase": "asleep", "reason": "asleep", "why": "it is asleep",
        "steps": 0,
    }]});
    assert_eq!(serde_json::to_value(output).unwrap(), expected);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(
        (&line["message"], &line["environments"], &line["asleep"]),
        (&json!("observed all"), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn an_unknown_environment_is_an_error_that_names_the_known_ones() {
    let event = event(json!({"reveille": "sleep", "environment": "production"}));
    let error = waker([]).handle(event).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"environment "production" is not in the configuration, which has staging"#
    );
}

#[tokio::test]
async fn an_observation_that_fails_is_reported_with_its_code() {
    let waker = waker([Err(FaultKind::Denied)]);
    let (output, lines) = handled_any(&waker, event(json!({"reveille": "tick"}))).await;
    let report = &serde_json::to_value(output).unwrap()["environments"][0];
    assert_eq!((&report["state"], &report["error"]), (&json!("failed"), &json!("denied")));
    assert!(lines.iter().any(|line| line["level"] == "ERROR" && line["code"] == "denied"), "{lines:?}");
}

mod visitors;

#[test]
fn an_ecs_event_concerns_the_environments_that_have_its_service() {
    let event = |cluster: &str, service: Option<&str>| EcsEvent {
        cluster_arn: format!("arn:aws:ecs:us-east-1:111122223333:cluster/{cluster}"),
        service: service.map(str::to_owned),
        what: "STOPPED".to_owned(),
    };
    assert!(concerns(&event("c", Some("web")), &example()));
    assert!(!concerns(&event("c", Some("other")), &example()));
    assert!(!concerns(&event("d", Some("web")), &example()));
    assert!(!concerns(&event("c", None), &example()));
}
