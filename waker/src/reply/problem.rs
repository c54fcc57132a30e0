//! Answers for programs: problem details (RFC 9457).

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::Reply;
use crate::environment::{failure::Failure, plan::Phase};

/// Seconds after which a client should try again.
const RETRY_AFTER_WAITING: u32 = 5;
const RETRY_AFTER_FAILURE: u32 = 30;

/// The members of an answer that is no success.
#[derive(Debug, Serialize)]
pub struct Problem {
    title: &'static str,
    status: u16,
    detail: &'static str,
    /// A stable identifier of the cause.
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
}

pub(super) fn waiting(phase: Phase) -> Reply {
    let problem = Problem {
        title: "The application is waking up",
        status: 503,
        detail: phase.sentence(),
        code: "waking",
        phase: Some(phase.code()),
    };
    problem.reply().header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_WAITING))
}

pub(super) fn failed(failure: Failure) -> Reply {
    let problem = Problem {
        title: "The application cannot be woken",
        status: 503,
        detail: failure.sentence(),
        code: failure.code(),
        phase: None,
    };
    problem.reply().header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_FAILURE))
}

impl Problem {
    /// No environment answers for the request's host; nothing was woken.
    pub fn unknown_host() -> Reply {
        let problem = Self {
            title: "Nothing answers for this host",
            status: 404,
            detail: "The host of this request belongs to no environment.",
            code: "unknown_host",
            phase: None,
        };
        problem.reply()
    }

    /// The request could not be read; nothing was woken.
    pub fn unreadable_request() -> Reply {
        let problem = Self {
            title: "The request cannot be read",
            status: 400,
            detail: "The method or a header of this request is not valid.",
            code: "unreadable_request",
            phase: None,
        };
        problem.reply()
    }

    /// The waker itself is at fault.
    pub fn internal() -> Reply {
        let problem = Self {
            title: "The waker failed",
            status: 503,
            detail: "Something went wrong that should not have; the log has the cause.",
            code: "internal",
            phase: None,
        };
        problem.reply().header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_FAILURE))
    }

    fn reply(&self) -> Reply {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        // A struct of strings and numbers always serialises.
        let body = serde_json::to_string(self).unwrap_or_default();
        Reply::new(status).body("application/problem+json", body)
    }
}
