//! The waker's own paths: `/.reveille/status` and `/.reveille/wake`.

use std::time::{Duration, SystemTime};

use http::{HeaderValue, Method, StatusCode, header};
use tracing::{debug, info};

use super::{
    Waker,
    visitor::{Permission, with_cookie},
};
use crate::{
    config::Environment,
    environment::{
        cloud::Cloud,
        plan::Phase,
        protocol::{Outcome, ResponseMode},
    },
    event::{Request, STATUS_PATH, WAKE_PATH},
    guard::{self, Admission, Refusal},
    reply::{self, Answer, Client, ProblemDocument, Reply, Visit},
    status::{EnvironmentState, Status},
};

/// Seconds after which a client should retry if the status could not be read.
const RETRY_UNKNOWN: u32 = 5;

impl<C: Cloud> Waker<C> {
    pub(super) async fn control_path(
        &self,
        environment: &Environment,
        request: &Request,
        limit: Duration,
    ) -> (Reply, EnvironmentState) {
        if environment.guard.refuses_network(request) {
            let visit = Visit { environment, request, client: Client::Other };
            let status = Status::bare(environment, self.status_cache.state(environment), Phase::Looking);
            return (reply::reply(&visit, Answer::Refused(Refusal::Network), &status), status.state);
        }
        match (request.path.as_str(), &request.method) {
            (STATUS_PATH, &Method::GET | &Method::HEAD) => {
                let status = self.cached_status(environment, limit).await;
                debug!(state = ?status.state, "answered the status");
                (status_reply(environment, request, &status), status.state)
            }
            (STATUS_PATH, _) => {
                (ProblemDocument::method_not_allowed("GET, HEAD"), self.status_cache.state(environment))
            }
            (WAKE_PATH, &Method::POST) => self.click(environment, request, limit).await,
            (WAKE_PATH, _) => {
                (ProblemDocument::method_not_allowed("POST"), self.status_cache.state(environment))
            }
            _ => (ProblemDocument::unknown_path(), self.status_cache.state(environment)),
        }
    }

    /// Answers the page's button, and the page's script when the wake's next step needs a visitor.
    async fn click(
        &self,
        environment: &Environment,
        request: &Request,
        limit: Duration,
    ) -> (Reply, EnvironmentState) {
        if !guard::is_same_origin(request) {
            return (ProblemDocument::cross_origin(), self.status_cache.state(environment));
        }
        let now = SystemTime::now();
        let status = self.cached_status(environment, limit).await;
        let asleep = !status.state.is_up();
        let entered = request.form_field("token").filter(|token| {
            environment.guard.token.as_ref().is_some_and(|digest| digest.is_of(token.trim()))
        });
        let held_back = match environment.guard.admit(&environment.name, request, now) {
            _ if entered.is_some() => None,
            Admission::Refused(refusal) => Some(Answer::Refused(refusal)),
            Admission::NeedsToken => Some(Answer::NeedsToken),
            Admission::Admitted | Admission::ByToken(_) | Admission::NeedsClick => None,
        };
        let mut result = held_back.filter(|_| asleep).map_or(Ok(()), Err);
        let up = status.state == EnvironmentState::Awake
            || (status.state == EnvironmentState::Waking && !status.due);
        let status = if result.is_err() || up {
            status
        } else {
            let permission = held_back.map_or(Permission::Start { budget: None }, |_| Permission::Finish);
            let (run, status) = self.run_wake(environment, ResponseMode::Page, limit, permission).await;
            info!(outcome = ?run.outcome, steps = run.steps, observations = run.observations, "answered a click");
            if let (Outcome::NotStarted, Some(answer)) = (run.outcome, held_back) {
                result = Err(answer);
            }
            status
        };
        if let Err(answer) = result {
            info!(?answer, "refused a click");
        }
        let reply = click_reply(environment, request, result, &status);
        let token = entered.as_deref().map(str::trim);
        (with_cookie(reply, environment, request, token, now), status.state)
    }
}

/// The reply to a click: the status for the page's script, a redirect for a form.
fn click_reply(
    environment: &Environment,
    request: &Request,
    result: Result<(), Answer>,
    status: &Status,
) -> Reply {
    let accept = request.header(header::ACCEPT).unwrap_or_default();
    match (accept.contains("application/json"), result) {
        (true, Ok(())) => status_reply(environment, request, status),
        (true, Err(answer)) => {
            reply::reply(&Visit { environment, request, client: Client::Other }, answer, status)
        }
        (false, _) => reply::see_other(&request.form_field("to").unwrap_or_else(|| "/".to_owned())),
    }
}

/// 200 for a sleeping environment; 503 for one that cannot be woken.
fn status_reply(environment: &Environment, request: &Request, status: &Status) -> Reply {
    let known = environment.guard.knows(&environment.name, request, SystemTime::now());
    let status = if known { status.clone() } else { status.clone().without_parts() };
    match status.state {
        EnvironmentState::Failed | EnvironmentState::Unknown => {
            Reply::json(StatusCode::SERVICE_UNAVAILABLE, &status)
                .header(header::RETRY_AFTER, HeaderValue::from(RETRY_UNKNOWN))
        }
        _ => Reply::json(StatusCode::OK, &status),
    }
}
