//! The answer to a visitor, by the kind of client and by the state of the environment.
//!
//! ```text
//!                 navigation   form   gRPC          any other
//! Ready           307          307    UNAVAILABLE   307
//! HoldAgain                    307                  307, both to the same address
//! anything else   page         page   UNAVAILABLE   problem details
//! ```

mod client;
mod cors;
mod files;
mod grpc;
mod page;
mod problem;
mod redirect;

use std::fmt;

use aws_lambda_events::{alb::AlbTargetGroupResponse, encodings::Body};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

pub use client::Client;
pub use cors::{allow as allow_origin, is_preflight, preflight};
pub use files::File;
pub use page::{TemplateError, check_template};
pub use problem::ProblemDocument;
pub use redirect::{is_too_long, location, see_other, without_token};

use crate::{
    config::Environment,
    environment::{failure::Failure, plan::Phase, protocol::Outcome},
    event::Request,
    guard::Refusal,
    status::{EnvironmentState, Status},
};

/// Seconds after which a refused client may retry: not soon.
const RETRY_REFUSED: u32 = 600;
const STATE: HeaderName = HeaderName::from_static("x-reveille-state");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// An answer before it gets the load balancer's form.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// The answer's content, without its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The app answers at the visitor's address.
    Ready,
    Waiting(Phase),
    /// The client is redirected to the same address, where it is held again.
    HoldAgain(Phase),
    Failed(Failure),
    /// It sleeps, and the budget of wakes is used up.
    OverBudget,
    NeedsClick,
    NeedsToken,
    Refused(Refusal),
}

impl Answer {
    fn phase(self) -> Phase {
        match self {
            Self::Ready => Phase::Ready,
            Self::Waiting(phase) | Self::HoldAgain(phase) => phase,
            Self::Failed(failure) => Phase::Failed(failure),
            Self::OverBudget | Self::NeedsClick | Self::NeedsToken | Self::Refused(_) => Phase::Asleep,
        }
    }
}

impl Answer {
    /// `held_back`: the answer to a visitor who may not start the necessary wake.
    pub fn of(outcome: Outcome, held_back: Self) -> Self {
        match outcome {
            Outcome::Ready => Self::Ready,
            Outcome::Waiting(phase) => Self::Waiting(phase),
            Outcome::HoldAgain(phase) => Self::HoldAgain(phase),
            Outcome::Failed(failure) => Self::Failed(failure),
            Outcome::OverBudget => Self::OverBudget,
            Outcome::NotStarted => held_back,
        }
    }
}

/// A visitor's request and its environment.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    pub environment: &'a Environment,
    pub request: &'a Request,
    pub client: Client,
}

/// The answer in the client's form.
pub fn reply(visit: &Visit<'_>, answer: Answer, status: &Status) -> Reply {
    match (visit.client, answer) {
        (Client::Grpc, _) => grpc::unavailable(answer),
        (_, Answer::Ready | Answer::HoldAgain(_)) => without_token(visit.request),
        (Client::Navigation | Client::Form, _) => page::reply(visit, answer, status),
        (Client::Other, _) => problem::reply(answer),
    }
}

impl Reply {
    fn new(status: StatusCode) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
        // An address may contain data for the application only.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Self { status, headers, body: String::new() }
    }

    pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Self {
        // The values are strings, numbers and lists, which always serialise.
        Self::new(status).body("application/json", serde_json::to_string(value).unwrap_or_default())
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    fn body(self, media_type: &'static str, body: String) -> Self {
        let mut reply = self.header(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        reply.body = body;
        reply
    }

    /// Adds what every answer has: the environment's state, and no body for `HEAD`.
    #[must_use]
    pub fn finished(mut self, method: &Method, state: EnvironmentState) -> Self {
        if method == Method::HEAD {
            self.body.clear();
        }
        self.header(STATE, HeaderValue::from_static(state.code()))
    }

    /// The load balancer refuses a response in another form than its event's.
    pub fn into_response(self, multi_value: bool) -> AlbTargetGroupResponse {
        let mut response = AlbTargetGroupResponse::default();
        response.status_code = self.status.as_u16().into();
        response.status_description =
            Some(format!("{} {}", self.status.as_u16(), self.status.canonical_reason().unwrap_or_default()));
        if multi_value {
            response.multi_value_headers = self.headers;
        } else {
            response.headers = self.headers;
        }
        response.body = Some(Body::Text(self.body));
        response
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
