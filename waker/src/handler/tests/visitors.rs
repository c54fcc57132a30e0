//! Visitors, the guard and the status, at the handler.

mod many;
mod permission;
mod reader;

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::{
    config::{Guard, Network, TokenDigest, WakeBy},
    environment::{failure::StartFailure, wake_history},
};

const TOKEN: &str = "7d0d1c2e";

/// An account with one environment, which stays as it is until a count is set.
struct Account {
    partial: Mutex<PartialSnapshot>,
    observations: AtomicU32,
    steps: Mutex<Vec<Step>>,
    /// AWS refuses to write the wake history.
    history_denied: bool,
}

impl Cloud for Account {
    async fn observe(&self, _: &Environment, scope: Scope) -> Result<PartialSnapshot, CloudError> {
        if scope.contains(Scope::RUNNING) {
            self.observations.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let mut partial = self.partial.lock().unwrap().clone();
        if !scope.contains(Scope::STATE_TAG) {
            (partial.state_tag, partial.wake_history) = (None, None);
        }
        Ok(partial)
    }

    async fn apply(&self, _: &Environment, step: Step) -> Result<(), CloudError> {
        self.steps.lock().unwrap().push(step);
        if self.history_denied && matches!(step, Step::Record(_)) {
            return Err(CloudError::new(FaultKind::Denied, "AddTags", "not authorized"));
        }
        let mut partial = self.partial.lock().unwrap();
        match step {
            Step::SetDesired { service, count } => {
                let running = partial.running.as_mut().unwrap();
                running.services[service].as_mut().unwrap().desired = count;
            }
            Step::TurnRoute(to) => partial.route = Some(to),
            Step::Record(event) => {
                let wake_history = partial.wake_history.clone().unwrap_or_default();
                partial.wake_history = Some(wake_history.enter(event).unwrap_or(wake_history));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Account {
    /// Whether a desired count was raised.
    fn woke(&self) -> bool {
        self.steps.lock().unwrap().iter().any(|step| matches!(step, Step::SetDesired { .. }))
    }
}

fn asleep() -> PartialSnapshot {
    PartialSnapshot {
        state_tag: Some(StateTag::None),
        wake_history: Some(WakeHistory::default()),
        ..resting()
    }
}

fn awake() -> PartialSnapshot {
    PartialSnapshot {
        state_tag: Some(StateTag::None),
        wake_history: Some(WakeHistory::default()),
        ..observed(2, RouteTarget::App)
    }
}

/// Tasks are starting; the wake began a moment ago.
fn waking() -> PartialSnapshot {
    let began = wake_history::WakeEvent::WakeBegan(SystemTime::now());
    PartialSnapshot { wake_history: WakeHistory::default().enter(began), ..observed(0, RouteTarget::Waker) }
}

fn guarded(guard: Guard, partial: PartialSnapshot) -> Waker<Account> {
    configured(|environment| environment["guard"] = json!({}), guard, partial)
}

fn configured(change: impl Fn(&mut Value), guard: Guard, partial: PartialSnapshot) -> Waker<Account> {
    on(crate::config::tests::config_with(change, guard), partial)
}

fn on(config: crate::config::Config, partial: PartialSnapshot) -> Waker<Account> {
    let account = Account {
        partial: Mutex::new(partial),
        observations: AtomicU32::new(0),
        steps: Mutex::default(),
        history_denied: false,
    };
    Waker::new(config, account)
}

fn token_guard() -> Guard {
    Guard { wake: WakeBy::Token, token: Some(TokenDigest::of(TOKEN)), ..Guard::default() }
}

fn click_guard() -> Guard {
    Guard { wake: WakeBy::Click, ..Guard::default() }
}

/// A request with these fields besides the usual ones.
fn visit(fields: &Value) -> LambdaEvent<Value> {
    visit_of(HOST, fields)
}

fn visit_of(host: &str, fields: &Value) -> LambdaEvent<Value> {
    let mut payload = json!({
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": "GET", "path": "/a", "queryStringParameters": {}, "headers": {},
        "body": "", "isBase64Encoded": false,
    });
    payload.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    payload["headers"]["host"] = json!(host);
    event(payload)
}

async fn answer(waker: &Waker<Account>, fields: &Value) -> (i64, AlbTargetGroupResponse, String) {
    answer_to(waker, visit(fields)).await
}

async fn answer_to(
    waker: &Waker<Account>,
    event: LambdaEvent<Value>,
) -> (i64, AlbTargetGroupResponse, String) {
    let Output::Response(response) = waker.handle(event).await.unwrap() else { panic!() };
    let Some(aws_lambda_events::encodings::Body::Text(body)) = response.body.clone() else { panic!() };
    (response.status_code, *response, body)
}

fn state(response: &AlbTargetGroupResponse) -> &str {
    response.headers["x-reveille-state"].to_str().unwrap()
}

fn status_of(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

const STATUS: &str = "/.reveille/status";

#[tokio::test(start_paused = true)]
async fn the_status_wakes_nothing_and_is_green_while_asleep() {
    for (method, path) in [("GET", STATUS), ("HEAD", STATUS)] {
        let waker = guarded(Guard::default(), asleep());
        let fields = json!({"httpMethod": method, "path": path, "headers": {"user-agent": "Pingdom"}});
        let (code, response, body) = answer(&waker, &fields).await;
        assert_eq!((code, state(&response), body.is_empty()), (200, "asleep", method == "HEAD"));
        assert_eq!(response.headers["content-type"], "application/json");
        assert!(waker.cloud.steps.lock().unwrap().is_empty());
    }
    let waker = guarded(Guard::default(), asleep());
    for (fields, code) in [
        (json!({"path": STATUS, "queryStringParameters": {"environment": "staging"}}), 200),
        (json!({"path": STATUS, "queryStringParameters": {"environment": "production"}}), 404),
        (json!({"path": STATUS, "httpMethod": "POST"}), 405),
        (json!({"path": "/.reveille/other"}), 404),
        (json!({"path": "/.reveille/wake"}), 405),
    ] {
        assert_eq!(answer(&waker, &fields).await.0, code, "{fields}");
    }
    assert!(!waker.cloud.woke());
}

#[tokio::test(start_paused = true)]
async fn no_host_shows_or_wakes_another_hosts_environment() {
    let waker = on(crate::config::tests::config_of_two(), asleep());
    for (host, named, code) in [
        (HOST, "staging", 200),
        (HOST, "other", 404),
        ("other.example.com", "other", 200),
        ("other.example.com", "staging", 404),
        ("stranger.example", "staging", 404),
        ("stranger.example", "nothing", 404),
    ] {
        let query = json!({"environment": named});
        let status = visit_of(host, &json!({"path": STATUS, "queryStringParameters": query}));
        let (found, _, body) = answer_to(&waker, status).await;
        assert_eq!(found, code, "{host} {named}");
        if code == 404 {
            assert_eq!(status_of(&body)["code"], "unknown_environment");
            let click = json!({
                "httpMethod": "POST", "path": "/.reveille/wake", "queryStringParameters": query,
                "headers": {"origin": format!("https://{host}")},
            });
            assert_eq!(answer_to(&waker, visit_of(host, &click)).await.0, 404, "{host} {named}");
        }
    }
    assert!(waker.cloud.steps.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn strangers_learn_neither_service_names_nor_the_database() {
    let networks = vec![Network::parse("203.0.113.0/24").unwrap()];
    let network_guard = Guard { networks, ..Guard::default() };
    for (guard, headers, known) in [
        (Guard::default(), json!({}), false),
        (Guard::default(), json!({"x-reveille-token": TOKEN, "x-forwarded-for": "203.0.113.9"}), false),
        (token_guard(), json!({}), false),
        (token_guard(), json!({"x-reveille-token": "wrong"}), false),
        (token_guard(), json!({"x-reveille-token": TOKEN}), true),
        (network_guard, json!({"x-forwarded-for": "203.0.113.9"}), true),
    ] {
        let (code, _, body) =
            answer(&guarded(guard, waking()), &json!({"path": STATUS, "headers": headers})).await;
        let status = status_of(&body);
        assert_eq!((code, &status["state"]), (200, &json!("waking")), "{headers}");
        assert!(status["phase"].is_string() && status["eta_seconds"].is_u64(), "{status}");
        assert_eq!(body.contains(r#""web""#), known, "{headers}: {status}");
        assert_eq!(status["database"].is_object(), known, "{headers}: {status}");
    }
    let waker = guarded(Guard::default(), waking());
    let command = event(json!({"reveille": "status", "environment": "staging"}));
    let warnings = serde_json::to_value(waker.handle(command).await.unwrap()).unwrap();
    assert_eq!(warnings["environments"][0]["services"][0]["name"], "web", "a command is no stranger's");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_is_refused_neither_sees_the_status_nor_wakes() {
    let networks = vec![Network::parse("203.0.113.0/24").unwrap()];
    let waker = guarded(Guard { networks, ..token_guard() }, asleep());
    for (method, path) in [("GET", STATUS), ("POST", "/.reveille/wake")] {
        let fields = json!({"httpMethod": method, "path": path, "headers": {
            "x-forwarded-for": "198.51.100.1", "x-reveille-token": TOKEN, "sec-fetch-site": "same-origin",
        }});
        let (code, _, body) = answer(&waker, &fields).await;
        assert_eq!((code, &status_of(&body)["code"]), (403, &json!("refused_network")), "{path}");
    }
    assert_eq!(waker.cloud.observations.load(Ordering::Relaxed), 0, "AWS is not asked");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_failed_is_no_success_for_a_monitor() {
    let state_tag = StateTag::None.give_up(StartFailure::SecretDenied, SystemTime::now());
    let waker = guarded(Guard::default(), PartialSnapshot { state_tag: Some(state_tag), ..asleep() });
    let (code, response, body) = answer(&waker, &json!({"path": STATUS})).await;
    assert_eq!((code, state(&response)), (503, "failed"));
    assert_eq!(status_of(&body)["error"], "secret_denied");
}

#[tokio::test(start_paused = true)]
async fn any_number_of_polls_is_one_observation_a_second() {
    let mut waker = guarded(Guard::default(), waking());
    // In virtual time, because 2,000 answers may take a while.
    waker.status_cache = StatusCache::new(&waker.config).with_clock(|| UNIX_EPOCH);
    let fields = json!({"path": STATUS});
    for second in 0..5 {
        let polls = (0..2000).map(|_| answer(&waker, &fields));
        assert!(join_all(polls).await.iter().all(|(code, ..)| *code == 200));
        assert_eq!(waker.cloud.observations.load(Ordering::Relaxed), second + 1);
        tokio::time::advance(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_click_wakes_and_nothing_else_does() {
    let waker = guarded(click_guard(), asleep());
    let browser = json!({"headers": {"accept": "text/html"}});
    let (code, response, body) = answer(&waker, &browser).await;
    assert_eq!((code, state(&response)), (503, "asleep"));
    assert!(body.contains("Wake it up"), "{body}");
    let (code, _, body) = answer(&waker, &json!({})).await;
    assert_eq!((code, &status_of(&body)["code"]), (503, &json!("needs_click")));

    let foreign = json!({"httpMethod": "POST", "path": "/.reveille/wake",
        "headers": {"sec-fetch-site": "cross-site"}});
    assert_eq!(answer(&waker, &foreign).await.0, 403);
    assert!(!waker.cloud.woke());

    let click = json!({
        "httpMethod": "POST", "path": "/.reveille/wake", "body": "to=%2Fa%3Fb%3D1",
        "headers": {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"},
    });
    let (code, response, _) = answer(&waker, &click).await;
    assert_eq!((code, &response.headers["location"]), (303, &"/a?b=1".parse().unwrap()));
    assert!(waker.cloud.woke());
    let (code, response, body) = answer(&waker, &browser).await;
    assert_eq!((code, state(&response)), (503, "waking"), "a wake that is under way asks for no click");
    assert!(body.contains("progressbar"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn a_token_in_a_link_becomes_a_cookie_and_the_cookie_wakes() {
    let waker = guarded(token_guard(), asleep());
    let with = |token: &str| {
        json!({
            "queryStringParameters": {"x": "1", "reveille_token": token},
            "headers": {"accept": "text/html", "x-forwarded-proto": "https"},
        })
    };
    let (code, _, body) = answer(&waker, &with("wrong-0815")).await;
    assert_eq!(code, 503);
    assert!(body.contains("takes a token") && !body.contains("wrong-0815"), "{body}");

    let (code, response, _) = answer(&waker, &with(TOKEN)).await;
    assert_eq!((code, &response.headers["location"]), (307, &"/a?x=1".parse().unwrap()));
    let cookie = response.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; Secure") && !cookie.contains(TOKEN), "{cookie}");
    assert!(!waker.cloud.woke());

    let cookie = cookie.split(';').next().unwrap();
    let (_, response, _) =
        answer(&waker, &json!({"headers": {"accept": "text/html", "cookie": cookie}})).await;
    assert_eq!(state(&response), "waking");
    assert!(waker.cloud.woke());
}

#[tokio::test(start_paused = true)]
async fn a_token_can_be_entered_on_the_page() {
    let waker = guarded(token_guard(), asleep());
    let entered = |token: &str| {
        json!({
            "httpMethod": "POST", "path": "/.reveille/wake", "body": format!("to=%2Fa&token={token}"),
            "headers": {"origin": format!("https://{HOST}")},
        })
    };
    let (code, response, _) = answer(&waker, &entered("wrong")).await;
    assert_eq!((code, response.headers.get("set-cookie")), (303, None));
    assert!(!waker.cloud.woke());
    for token in [TOKEN.to_owned(), format!("+{TOKEN}%0D%0A")] {
        let waker = guarded(token_guard(), asleep());
        let (code, response, _) = answer(&waker, &entered(&token)).await;
        assert_eq!((code, response.headers.contains_key("set-cookie")), (303, true), "{token}");
        assert!(waker.cloud.woke(), "{token}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_wakes_nothing_but_reaches_an_app_that_is_awake() {
    let monitor = json!({"headers": {"user-agent": "UptimeRobot/2.0"}});
    let sleeping = guarded(Guard::default(), asleep());
    let (code, response, body) = answer(&sleeping, &monitor).await;
    assert_eq!((code, &status_of(&body)["code"]), (503, &json!("refused_agent")));
    assert!(response.headers.contains_key("retry-after"));
    assert!(!sleeping.cloud.woke());
    let up = guarded(Guard::default(), awake());
    assert_eq!(answer(&up, &monitor).await.0, 307);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_budget_only_a_click_wakes() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let wake_history = WakeHistory::parse(&format!("{}+30 {}+30", now - 1000, now - 500));
    let guard = Guard { wakes_per_hour: Some(2), ..Guard::default() };
    let waker = guarded(guard, PartialSnapshot { wake_history: Some(wake_history), ..asleep() });
    let (code, _, body) = answer(&waker, &json!({})).await;
    assert_eq!((code, &status_of(&body)["code"]), (503, &json!("over_budget")));
    let (_, _, page) = answer(&waker, &json!({"headers": {"accept": "text/html"}})).await;
    assert!(page.contains("woken very often") && page.contains("<button"), "{page}");
    assert!(!waker.cloud.woke());
    let click = json!({"httpMethod": "POST", "path": "/.reveille/wake",
        "headers": {"sec-fetch-site": "same-origin", "accept": "application/json"}});
    let (code, _, body) = answer(&waker, &click).await;
    assert_eq!((code, &status_of(&body)["state"]), (200, &json!("waking")));
    assert!(waker.cloud.woke());
}

/// The page only polls; an invocation has to turn the route.
#[tokio::test(start_paused = true)]
async fn a_page_takes_the_next_step_of_a_wake_when_that_is_due() {
    let almost = PartialSnapshot { route: Some(RouteTarget::Waker), ..observed(2, RouteTarget::Waker) };
    let waker = guarded(
        Guard::default(),
        PartialSnapshot { wake_history: waking().wake_history, state_tag: Some(StateTag::None), ..almost },
    );
    let (_, _, body) = answer(&waker, &json!({"path": STATUS})).await;
    assert_eq!(
        (&status_of(&body)["due"], &status_of(&body)["phase"]),
        (&json!(true), &json!("turning_route"))
    );
    assert!(waker.cloud.steps.lock().unwrap().is_empty());

    let knock = json!({"httpMethod": "POST", "path": "/.reveille/wake",
        "headers": {"sec-fetch-site": "same-origin", "accept": "application/json"}});
    let (_, _, body) = answer(&waker, &knock).await;
    assert_eq!(status_of(&body)["state"], "awake");
    let steps = waker.cloud.steps.lock().unwrap().clone();
    assert_eq!(steps[0], Step::TurnRoute(RouteTarget::App));
    let observations = waker.cloud.observations.load(Ordering::Relaxed);
    for _ in 0..100 {
        let (_, _, body) = answer(&waker, &knock).await;
        assert_eq!(status_of(&body)["state"], "awake");
    }
    assert_eq!(
        waker.cloud.observations.load(Ordering::Relaxed),
        observations,
        "who comes a moment later asks AWS nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn a_preflight_is_answered_at_once_and_the_answer_can_be_read() {
    let cors = |environment: &mut Value| {
        environment["cors"] = json!({"origins": ["https://spa.example.com"]});
    };
    let waker = configured(cors, Guard::default(), asleep());
    let headers = json!({"origin": "https://spa.example.com", "access-control-request-method": "GET"});
    let (code, response, _) = answer(&waker, &json!({"httpMethod": "OPTIONS", "headers": headers})).await;
    assert_eq!((code, &response.headers["access-control-allow-methods"]), (204, &"GET".parse().unwrap()));
    assert!(!waker.cloud.woke());
    let fields = json!({"path": STATUS, "headers": {"origin": "https://spa.example.com"}});
    let (_, response, _) = answer(&waker, &fields).await;
    assert_eq!(response.headers["access-control-allow-origin"], "https://spa.example.com");
    let fields = json!({"headers": {"accept": "text/html"}});
    let (_, response, _) = answer(&waker, &fields).await;
    let vary: Vec<_> = response.headers.get_all("vary").iter().collect();
    assert_eq!(vary, ["accept-language, origin"], "the single-value form takes no two");
}

#[tokio::test(start_paused = true)]
async fn robots_and_favicons_need_no_observation() {
    let waker = guarded(Guard::default(), asleep());
    for path in ["/robots.txt", "/favicon.ico"] {
        let (code, response, body) = answer(&waker, &json!({"path": path})).await;
        assert_eq!((code, state(&response)), (200, "unknown"));
        assert!(!body.is_empty());
    }
    assert_eq!(waker.cloud.observations.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_too_long_for_a_redirect_wakes_nothing() {
    let waker = guarded(Guard::default(), asleep());
    let (code, response, body) = answer(&waker, &json!({"path": format!("/{}", "{".repeat(15_900))})).await;
    assert_eq!((code, &status_of(&body)["code"]), (414, &json!("address_too_long")));
    assert!(!response.headers.contains_key("location") && !waker.cloud.woke());
}

const MARKUP: &str = "<script>alert(1)</script>";

/// Any text, some with markup that must come out escaped.
fn hostile() -> impl Strategy<Value = String> {
    let with_markup =
        ("[ -~]{0,9}", "[ -~]{0,9}").prop_map(|(before, after)| format!("{before}\"'>{MARKUP}{after}"));
    prop_oneof![any::<String>(), "[ -~]{0,40}", with_markup]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Any request of a stranger, in any state of the environment.
    #[test]
    fn no_request_redirects_to_another_host_or_puts_markup_into_the_page(
        method in "GET|HEAD|POST|OPTIONS|PUT",
        path in prop_oneof!["\\PC{0,40}", "/\\.reveille/(status|wake|\\PC{0,9})", hostile()],
        query in prop::collection::hash_map(hostile(), hostile(), 0..3),
        headers in prop::collection::hash_map(
            "accept|accept-language|cookie|origin|referer|sec-fetch-site|user-agent|x-forwarded-for|x-forwarded-host",
            prop_oneof![hostile(), Just("text/html".to_owned()), Just("same-origin".to_owned())],
            0..5,
        ),
        host in prop_oneof![any::<String>(), Just(HOST.to_owned())],
        body in hostile(),
        awake in any::<bool>(),
    ) {
        let mut payload = json!({
            "requestContext": {"elb": {"targetGroupArn": "arn"}},
            "httpMethod": method, "path": path, "queryStringParameters": query, "headers": headers,
            "body": body, "isBase64Encoded": false,
        });
        payload["headers"]["host"] = json!(host);
        let partial = if awake { super::visitors::awake() } else { asleep() };
        let waker = guarded(Guard::default(), partial);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let output = runtime.unwrap().block_on(waker.handle(event(payload))).unwrap();
        let Output::Response(response) = output else { panic!() };
        prop_assert!(response.headers.contains_key("x-reveille-state"), "{}", response.status_code);
        if let Some(location) = response.headers.get("location") {
            let here = Url::parse("https://app.example.com/").unwrap();
            let there = here.join(location.to_str().unwrap()).unwrap();
            prop_assert_eq!(there.origin(), here.origin());
        }
        for (name, value) in &response.headers {
            prop_assert!(!value.as_bytes().iter().any(u8::is_ascii_control), "{name}");
        }
        let Some(aws_lambda_events::encodings::Body::Text(text)) = response.body else { panic!() };
        prop_assert!(!text.contains(MARKUP), "{text}");
    }
}

/// Tasks are starting; the wake began so many seconds ago.
fn waking_for(seconds: u64) -> PartialSnapshot {
    let began = wake_history::WakeEvent::WakeBegan(SystemTime::now() - Duration::from_secs(seconds));
    PartialSnapshot { wake_history: WakeHistory::default().enter(began), ..waking() }
}

fn post(headers: &Value) -> Value {
    json!({"httpMethod": "POST", "path": "/orders", "queryStringParameters": {"a": "b%20c"}, "headers": headers})
}

const FORM: &str = "text/html,application/xhtml+xml";

#[tokio::test(start_paused = true)]
async fn while_the_wake_is_young_a_client_comes_back_to_the_same_address() {
    // The configuration holds for 20 s, four times.
    for (age, expected) in [(0, 307), (30, 307), (57, 307), (62, 503), (300, 503)] {
        for headers in [json!({"accept": "*/*"}), json!({"accept": FORM})] {
            let waker = guarded(Guard::default(), waking_for(age));
            let start = tokio::time::Instant::now();
            let (code, response, body) = answer(&waker, &post(&headers)).await;
            assert_eq!((code, state(&response)), (expected, "waking"), "{age} s, {headers}");
            if code == 307 {
                assert_eq!(response.headers["location"], "/orders?a=b%20c");
                assert!(start.elapsed() >= Duration::from_secs(20), "{:?}", start.elapsed());
            } else if headers["accept"] == FORM {
                assert!(body.contains("has not reached the application"), "{body}");
            } else {
                assert_eq!(status_of(&body)["code"], "waking");
                assert_eq!(response.headers["retry-after"], "5");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn all_rounds_of_a_client_are_one_wake_in_the_budget() {
    let waker = guarded(Guard { wakes_per_hour: Some(1), ..Guard::default() }, asleep());
    for round in 0..3 {
        let (code, ..) = answer(&waker, &post(&json!({}))).await;
        assert_eq!(code, 307, "round {round}");
    }
    let steps = waker.cloud.steps.lock().unwrap().clone();
    let counts = steps.iter().filter(|step| matches!(step, Step::SetDesired { service: 1, .. })).count();
    let entries = steps.iter().filter(|step| matches!(step, Step::Record(_))).count();
    assert_eq!((counts, entries), (1, 1), "{steps:?}");
}

#[tokio::test(start_paused = true)]
async fn a_grpc_client_is_not_redirected() {
    let waker = guarded(Guard::default(), waking_for(0));
    let (code, response, _) = answer(&waker, &post(&json!({"content-type": "application/grpc"}))).await;
    assert_eq!((code, response.headers["grpc-status"].to_str().unwrap()), (200, "14"));
}

#[tokio::test(start_paused = true)]
async fn behind_cloudfront_and_api_gateway_an_answer_comes_within_their_time() {
    let long = |environment: &mut Value| {
        (environment["hold_seconds"], environment["idle_timeout_seconds"]) = (json!(27), json!(60));
    };
    for (via, seconds) in [
        (None, 27),
        (Some("1.1 proxy.example.com"), 27),
        (Some("2.0 a1b2.cloudfront.net (CloudFront)"), 25),
        (Some("HTTP/1.1 AmazonAPIGateway"), 25),
    ] {
        let waker = configured(long, Guard::default(), waking_for(0));
        let start = tokio::time::Instant::now();
        let headers = via.map_or(json!({}), |via| json!({"via": via}));
        let (code, ..) = answer(&waker, &post(&headers)).await;
        assert_eq!((code, start.elapsed().as_secs()), (307, seconds), "{via:?}");
    }
}
