//! A request that the load balancer has sent here, because the app sleeps.
//!
//! ```text
//! request -> environment, by its host
//!   /.reveille/...            own_paths
//!   robots.txt, favicons      a file        }
//!   CORS preflight            204           } nobody is asked, nothing is woken
//!   anything else -> guard
//!       admitted -> Wake -> Answer -> Reply
//!       not      -> a glance: for one that is up a Wake that starts nothing, else what the guard asks for
//! ```

use std::{
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use http::{HeaderValue, header};
use tracing::info;

use super::Waker;
use crate::{
    config::{Environment, Hold},
    environment::{
        cloud::Cloud,
        drive::{Report, drive},
        failure::Failure,
        ledger::Event,
        observed::{Scope, Seen},
        protocol::{Outcome, Patience, Wake},
    },
    event::{OWN_PATHS, Request},
    guard::{Admission, Given},
    reply::{self, Answer, Client, Problem, Reply, Visit},
    status::{State, Status},
};

/// What a visitor may do about a wake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// Start one, within so many an hour; None: however many there were.
    Start { budget: Option<u32> },
    /// Go on with one that runs.
    Finish,
}

impl<C: Cloud> Waker<C> {
    pub(super) async fn visit(&self, request: &Request, limit: Duration) -> Reply {
        let own_path = request.path.starts_with(OWN_PATHS);
        let named = request.parameter("environment").filter(|_| own_path);
        // Only of the host's own environment: a client of one may not reach another.
        let environment = self
            .config
            .environment_for(request.host())
            .filter(|environment| named.is_none_or(|name| name == environment.name));
        let Some(environment) = environment else {
            info!(method = %request.method, why = "no environment answers for the host", "answered");
            let problem =
                if named.is_some() { Problem::unknown_environment() } else { Problem::unknown_host() };
            return problem.finished(&request.method, State::Unknown);
        };
        tracing::Span::current().record("environment", &environment.name);
        let (mut reply, state) = if own_path {
            self.own_path(environment, request, limit).await
        } else {
            self.app_path(environment, request, limit).await
        };
        reply::allow_origin(&environment.cors, request, &mut reply.headers);
        reply.finished(&request.method, state)
    }

    async fn app_path(
        &self,
        environment: &Environment,
        request: &Request,
        limit: Duration,
    ) -> (Reply, State) {
        if let Some(file) = reply::file(request) {
            return (file, self.glances.state(environment));
        }
        if reply::is_preflight(request) && !environment.cors.origins.is_empty() {
            return (reply::preflight(&environment.cors, request), self.glances.state(environment));
        }
        // No wake for a visitor who could not be sent on.
        if reply::is_too_long(request) {
            return (Problem::address_too_long(), self.glances.state(environment));
        }
        let (guard, now) = (&environment.guard, SystemTime::now());
        let visit = Visit { environment, request, client: reply::classify(request) };
        let admission = guard.admit(&environment.name, request, now);
        match (admission, visit.client) {
            (Admission::ByToken(Given::Query), Client::Navigation | Client::Form) => {
                let reply = reply::without_token(request);
                let token = guard.token.as_ref().and_then(|digest| digest.in_query(request));
                (with_cookie(reply, environment, request, token, now), self.glances.state(environment))
            }
            (Admission::ByToken(_), _) => {
                self.wake_for(&visit, limit, Permission::Start { budget: None }, Answer::OverBudget).await
            }
            (Admission::Admitted, _) => {
                let permission = Permission::Start { budget: guard.wakes_per_hour };
                self.wake_for(&visit, limit, permission, Answer::OverBudget).await
            }
            (Admission::NeedsClick, _) => self.ask(&visit, limit, Answer::NeedsClick).await,
            (Admission::NeedsToken, _) => self.ask(&visit, limit, Answer::NeedsToken).await,
            (Admission::Refused(refusal), _) => self.ask(&visit, limit, Answer::Refused(refusal)).await,
        }
    }

    /// Starts no wake. Every visitor may go to an app that is awake, and one who is not refused
    /// may go on with a wake that runs. The glance may be old: the wake finds that out anew.
    async fn ask(&self, visit: &Visit<'_>, limit: Duration, answer: Answer) -> (Reply, State) {
        let status = self.glance(visit.environment, limit).await;
        let state = status.state;
        let refused = matches!(answer, Answer::Refused(_));
        if state == State::Awake || (!refused && state.is_up()) {
            return self.wake_for(visit, limit, Permission::Finish, answer).await;
        }
        let reply = reply::reply(visit, answer, &status);
        let (method, code) = (&visit.request.method, reply.status.as_u16());
        info!(%method, client = ?visit.client, status = code, ?state, ?answer, "answered, and woke nothing");
        (reply, state)
    }

    /// `held_back`: the answer to a visitor who may not start the wake that it would take.
    async fn wake_for(
        &self,
        visit: &Visit<'_>,
        limit: Duration,
        permission: Permission,
        held_back: Answer,
    ) -> (Reply, State) {
        let Visit { environment, request, client } = *visit;
        let patience = match client {
            Client::Navigation => Patience::Page,
            Client::Grpc => Patience::Hold(hold(environment, request).time),
            Client::Form | Client::Other => Patience::Rounds(hold(environment, request)),
        };
        let (report, status) = self.wake_once(environment, patience, limit, permission).await;
        let answer = Answer::of(report.outcome, held_back);
        let state = state(report.outcome);
        let reply = reply::reply(visit, answer, &status);
        info!(
            method = %request.method,
            ?client,
            status = reply.status.as_u16(),
            phase = report.phase.code(),
            outcome = ?report.outcome,
            looks = report.looks,
            steps = report.steps,
            took_ms = u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
            why = report.phase.sentence(),
            "answered"
        );
        (reply, state)
    }

    /// One invocation's part of a wake, and how the environment is after it. Only for
    /// a page is the latter more than its state.
    pub(super) async fn wake_once(
        &self,
        environment: &Environment,
        patience: Patience,
        limit: Duration,
        permission: Permission,
    ) -> (Report<Outcome>, Status) {
        let congestion = self.congestion.load(Ordering::Relaxed);
        let start = SystemTime::now();
        let wake = Wake::new(patience, start, limit, fastrand::u64(..), congestion)
            .remembering(self.remembered(environment))
            .counting(self.unwritten(environment));
        let mut wake = match permission {
            Permission::Start { budget } => wake.within(budget),
            Permission::Finish => wake.finishing(),
        };
        let deadline = limit.min(TAGS_PATIENCE);
        let tags = async {
            if patience != Patience::Page || congestion > 0 {
                return Seen::default();
            }
            let look = tokio::time::timeout(deadline, self.cloud.observe(environment, Scope::NOTE));
            look.await.ok().and_then(Result::ok).unwrap_or_default()
        };
        let (report, tags) = tokio::join!(drive(&self.cloud, environment, &mut wake), tags);
        self.congestion.store(wake.congestion(), Ordering::Relaxed);
        self.remember(environment, wake.remembered());
        self.keep_unwritten(environment, wake.unwritten());
        let mut seen = tags;
        seen.update(report.seen.clone());
        seen.ledger = seen.ledger.map(|ledger| {
            let began = Event::WakeBegan(start);
            if report.steps > 0 { ledger.enter(began).unwrap_or(ledger) } else { ledger }
        });
        let status = match (report.outcome, seen.whole()) {
            (Outcome::Failed(failure), _) => Status::failed(environment, failure),
            (_, Some(observed)) => Status::of(environment, &observed, SystemTime::now()),
            (outcome, None) => Status::bare(environment, state(outcome), report.phase),
        };
        if patience == Patience::Page || report.outcome == Outcome::NotStarted {
            self.glances.remember(environment, &status).await;
        }
        (report, status)
    }
}

fn hold(environment: &Environment, request: &Request) -> Hold {
    if request.is_behind_gateway() { environment.hold.behind_gateway() } else { environment.hold }
}

/// A page that lacks the time that has passed is better than one that comes late.
const TAGS_PATIENCE: Duration = Duration::from_secs(1);

/// Sets the cookie that takes the place of the token that the request has brought.
pub(super) fn with_cookie(
    reply: Reply,
    environment: &Environment,
    request: &Request,
    token: Option<&str>,
    now: SystemTime,
) -> Reply {
    let cookie =
        environment.guard.token.as_ref().zip(token).and_then(|(digest, token)| {
            digest.set_cookie(&environment.name, token, now, request.is_secure())
        });
    match cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        Some(cookie) => reply.header(header::SET_COOKIE, cookie),
        None => reply,
    }
}

fn state(outcome: Outcome) -> State {
    match outcome {
        Outcome::Ready => State::Awake,
        Outcome::Waiting(_) | Outcome::HoldAgain(_) => State::Waking,
        Outcome::Failed(Failure::Fault(_)) => State::Unknown,
        Outcome::Failed(_) => State::Failed,
        Outcome::OverBudget | Outcome::NotStarted => State::Asleep,
    }
}
