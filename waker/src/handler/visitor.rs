//! A request that the load balancer has sent to the waker, because the app sleeps.
//!
//! ```text
//! request -> environment, by its host
//!   /.reveille/...   control_paths
//!   anything else -> classify
//!       Wakes   -> Wake -> Answer -> Reply
//!       DoesNot -> a file, a preflight's answer, 414, a redirect with a cookie; or the cached
//!                  status: if it is up, a Wake that starts nothing; else why it does not wake
//! ```

use std::{
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use http::{HeaderValue, header};
use tracing::info;

use super::{
    Waker,
    classify::{Effect, Reason, classify},
};
use crate::{
    config::{Environment, Hold},
    environment::{
        cloud::Cloud,
        drive::{Run, drive},
        failure::Failure,
        protocol::{Outcome, ResponseMode, Wake},
        snapshot::{PartialSnapshot, Scope},
        wake_history::WakeEvent,
    },
    event::{CONTROL_PATHS, Request},
    reply::{self, Answer, Client, ProblemDocument, Reply, Visit},
    status::{EnvironmentState, Status},
};

/// Whether a visitor may start a wake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// Start a wake, within this many an hour; None: no limit.
    Start { budget: Option<u32> },
    /// Continue a wake that is under way.
    Finish,
}

impl<C: Cloud> Waker<C> {
    pub(super) async fn visit(&self, request: &Request, limit: Duration) -> Reply {
        let control_path = request.path.starts_with(CONTROL_PATHS);
        let named = request.parameter("environment").filter(|_| control_path);
        // Only the host's own environment: a client of one may not name another.
        let environment = self
            .config
            .environment_for(request.host())
            .filter(|environment| named.is_none_or(|name| name == environment.name));
        let Some(environment) = environment else {
            info!(method = %request.method, why = "no environment answers for the host", "answered");
            let problem = if named.is_some() {
                ProblemDocument::unknown_environment()
            } else {
                ProblemDocument::unknown_host()
            };
            return problem.finished(&request.method, EnvironmentState::Unknown);
        };
        tracing::Span::current().record("environment", &environment.name);
        let (mut reply, state) = if control_path {
            self.control_path(environment, request, limit).await
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
    ) -> (Reply, EnvironmentState) {
        let now = SystemTime::now();
        let client = Client::of(request);
        let visit = Visit { environment, request, client };
        let reason = match classify(environment, request, client, now) {
            Effect::Wakes { budget } => {
                let permission = Permission::Start { budget };
                return self.wake_and_reply(&visit, limit, permission, Answer::OverBudget).await;
            }
            Effect::DoesNot(reason) => reason,
        };
        let reply = match reason {
            Reason::NeedsClick => return self.reply_without_waking(&visit, limit, Answer::NeedsClick).await,
            Reason::NeedsToken => return self.reply_without_waking(&visit, limit, Answer::NeedsToken).await,
            Reason::Refused(refusal) => {
                return self.reply_without_waking(&visit, limit, Answer::Refused(refusal)).await;
            }
            Reason::File(file) => file.reply(),
            Reason::Preflight => reply::preflight(&environment.cors, request),
            Reason::AddressTooLong => ProblemDocument::address_too_long(),
            Reason::TokenInQuery => {
                let token = environment.guard.token.as_ref().and_then(|digest| digest.in_query(request));
                with_cookie(reply::without_token(request), environment, request, token, now)
            }
        };
        (reply, self.status_cache.state(environment))
    }

    /// Starts no wake. Every visitor may go to an app that is awake, and one who is not refused may
    /// continue a wake. The cached status may be old: the wake observes again.
    async fn reply_without_waking(
        &self,
        visit: &Visit<'_>,
        limit: Duration,
        answer: Answer,
    ) -> (Reply, EnvironmentState) {
        let status = self.cached_status(visit.environment, limit).await;
        let state = status.state;
        let refused = matches!(answer, Answer::Refused(_));
        if state == EnvironmentState::Awake || (!refused && state.is_up()) {
            return self.wake_and_reply(visit, limit, Permission::Finish, answer).await;
        }
        let reply = reply::reply(visit, answer, &status);
        let (method, code) = (&visit.request.method, reply.status.as_u16());
        info!(%method, client = ?visit.client, status = code, ?state, ?answer, "answered without waking");
        (reply, state)
    }

    /// `held_back`: the answer if a wake must be started and this visitor may not start it.
    async fn wake_and_reply(
        &self,
        visit: &Visit<'_>,
        limit: Duration,
        permission: Permission,
        held_back: Answer,
    ) -> (Reply, EnvironmentState) {
        let Visit { environment, request, client } = *visit;
        let mode = match client {
            Client::Navigation => ResponseMode::Page,
            Client::Grpc => ResponseMode::Hold(hold(environment, request).time),
            Client::Form | Client::Other => ResponseMode::Rounds(hold(environment, request)),
        };
        let (run, status) = self.run_wake(environment, mode, limit, permission).await;
        let answer = Answer::of(run.outcome, held_back);
        let state = state(run.outcome);
        let reply = reply::reply(visit, answer, &status);
        info!(
            method = %request.method,
            ?client,
            status = reply.status.as_u16(),
            phase = run.phase.code(),
            outcome = ?run.outcome,
            observations = run.observations,
            steps = run.steps,
            took_ms = u64::try_from(run.took.as_millis()).unwrap_or(u64::MAX),
            why = run.phase.sentence(),
            "answered"
        );
        (reply, state)
    }

    /// One invocation's part of a wake, and the environment's status after it. The status is complete
    /// only for a page.
    pub(super) async fn run_wake(
        &self,
        environment: &Environment,
        mode: ResponseMode,
        limit: Duration,
        permission: Permission,
    ) -> (Run<Outcome>, Status) {
        let congestion = self.congestion.load(Ordering::Relaxed);
        let start = SystemTime::now();
        let wake = Wake::new(mode, start, limit, fastrand::u64(..), congestion)
            .with_memory(self.memory(environment))
            .counting(self.unrecorded(environment));
        let mut wake = match permission {
            Permission::Start { budget } => wake.with_budget(budget),
            Permission::Finish => wake.finish_only(),
        };
        let deadline = limit.min(TAGS_PATIENCE);
        let tags = async {
            if mode != ResponseMode::Page || congestion > 0 {
                return PartialSnapshot::default();
            }
            let read = tokio::time::timeout(deadline, self.cloud.observe(environment, Scope::STATE_TAG));
            read.await.ok().and_then(Result::ok).unwrap_or_default()
        };
        let (run, tags) = tokio::join!(drive(&self.cloud, environment, &mut wake), tags);
        self.congestion.store(wake.congestion(), Ordering::Relaxed);
        self.remember(environment, wake.memory());
        self.keep_unrecorded(environment, wake.unrecorded());
        let mut partial = tags;
        partial.update(run.latest.clone());
        partial.wake_history = partial.wake_history.map(|wake_history| {
            let began = WakeEvent::WakeBegan(start);
            if run.steps > 0 { wake_history.enter(began).unwrap_or(wake_history) } else { wake_history }
        });
        let status = match (run.outcome, partial.whole()) {
            (Outcome::Failed(failure), _) => Status::failed(environment, failure),
            (_, Some(snapshot)) => Status::of(environment, &snapshot, SystemTime::now()),
            (outcome, None) => Status::bare(environment, state(outcome), run.phase),
        };
        if mode == ResponseMode::Page || run.outcome == Outcome::NotStarted {
            self.status_cache.remember(environment, &status).await;
        }
        (run, status)
    }
}

fn hold(environment: &Environment, request: &Request) -> Hold {
    if request.is_behind_gateway() { environment.hold.behind_gateway() } else { environment.hold }
}

/// A page without the elapsed time is better than a late page.
const TAGS_PATIENCE: Duration = Duration::from_secs(1);

/// Sets the cookie that replaces the token in the request.
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

fn state(outcome: Outcome) -> EnvironmentState {
    match outcome {
        Outcome::Ready => EnvironmentState::Awake,
        Outcome::Waiting(_) | Outcome::HoldAgain(_) => EnvironmentState::Waking,
        Outcome::Failed(Failure::Fault(_)) => EnvironmentState::Unknown,
        Outcome::Failed(_) => EnvironmentState::Failed,
        Outcome::OverBudget | Outcome::NotStarted => EnvironmentState::Asleep,
    }
}
