//! What a visitor gets, by who it is and how far the environment has come.

mod classify;
mod page;
mod problem;
mod redirect;

use std::fmt;

use aws_lambda_events::{alb::AlbTargetGroupResponse, encodings::Body};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

pub use classify::{Client, classify};
pub use problem::Problem;
pub use redirect::location;

use crate::{config::Environment, environment::protocol::Outcome, event::Request};

/// An answer before it takes the load balancer's form.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    fn new(status: StatusCode) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self { status, headers, body: String::new() }
    }

    fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    fn body(self, media_type: &'static str, body: String) -> Self {
        let mut reply = self.header(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        reply.body = body;
        reply
    }

    /// The load balancer refuses an answer in the other form than its event's.
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

/// The answer to a request whose invocation ended with `outcome`.
pub fn reply(environment: &Environment, request: &Request, client: Client, outcome: Outcome) -> Reply {
    match (outcome, client) {
        (Outcome::Ready, _) => redirect::reply(request),
        (Outcome::Waiting(phase), Client::Navigation) => page::waiting(&environment.name, phase),
        (Outcome::Waiting(phase), Client::Other) => problem::waiting(phase),
        (Outcome::Failed(failure), Client::Navigation) => page::failed(&environment.name, failure),
        (Outcome::Failed(failure), Client::Other) => problem::failed(failure),
    }
}

#[cfg(test)]
mod tests;
