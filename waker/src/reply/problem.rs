//! Answers for programs: problem details (RFC 9457).

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::{Answer, RETRY_REFUSED, Reply};
use crate::guard::Refusal;

/// Seconds after which a client should try again.
const RETRY_AFTER_WAITING: u32 = 5;
const RETRY_AFTER_FAILURE: u32 = 30;

/// The members of an answer that is not a success.
#[derive(Debug, Serialize)]
pub struct ProblemDocument {
    title: &'static str,
    status: u16,
    detail: &'static str,
    /// A stable identifier of the cause.
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

const ASLEEP: &str = "The application is asleep";

pub(super) fn reply(answer: Answer) -> Reply {
    let problem = match answer {
        Answer::Ready | Answer::Waiting(_) | Answer::HoldAgain(_) => ProblemDocument {
            title: "The application is waking up",
            status: 503,
            detail: answer.phase().sentence(),
            code: "waking",
            phase: Some(answer.phase().code()),
            retry_after: Some(RETRY_AFTER_WAITING),
        },
        Answer::Failed(failure) => ProblemDocument {
            title: "The application cannot be woken",
            status: 503,
            detail: failure.sentence(),
            code: failure.code(),
            phase: None,
            retry_after: Some(RETRY_AFTER_FAILURE),
        },
        Answer::OverBudget => asleep(
            "It has been woken so often within the last hour that only a click or a token wakes it.",
            "over_budget",
        ),
        Answer::NeedsClick => asleep("Only a click on its page wakes it.", "needs_click"),
        Answer::NeedsToken => asleep("Only a request with its token wakes it.", "needs_token"),
        Answer::Refused(refusal) => ProblemDocument {
            status: if refusal == Refusal::Network { 403 } else { 503 },
            retry_after: (refusal != Refusal::Network).then_some(RETRY_REFUSED),
            ..asleep(refusal.sentence(), refusal.code())
        },
    };
    problem.reply()
}

fn asleep(detail: &'static str, code: &'static str) -> ProblemDocument {
    ProblemDocument {
        title: ASLEEP,
        status: 503,
        detail,
        code,
        phase: None,
        retry_after: Some(RETRY_REFUSED),
    }
}

/// Answers that woke nothing.
impl ProblemDocument {
    /// No environment has the request's host.
    pub fn unknown_host() -> Reply {
        let detail = "The host of this request belongs to no environment.";
        Self::plain(404, "Nothing answers for this host", detail, "unknown_host")
    }

    /// The query names an unknown environment.
    pub fn unknown_environment() -> Reply {
        let detail = "The query of this request names an unknown environment.";
        Self::plain(404, "There is no such environment", detail, "unknown_environment")
    }

    /// The path is below the waker's own prefix, but does not exist.
    pub fn unknown_path() -> Reply {
        Self::plain(
            404,
            "There is nothing here",
            "Below /.reveille there are status and wake.",
            "unknown_path",
        )
    }

    /// The path is the waker's own and does not allow this method.
    pub fn method_not_allowed(allow: &'static str) -> Reply {
        let detail = "This path takes other methods; see the header Allow.";
        Self::plain(405, "The method is not allowed", detail, "method_not_allowed")
            .header(header::ALLOW, HeaderValue::from_static(allow))
    }

    /// A POST that wakes and that another site's page may have made.
    pub fn cross_origin() -> Reply {
        let detail = "Only the environment's own page wakes it this way: Sec-Fetch-Site must be same-origin, \
                      or Origin must name the same host.";
        Self::plain(403, "The request comes from another site", detail, "cross_origin")
    }

    /// A preflight from an origin that the configuration does not name.
    pub fn origin_refused() -> Reply {
        let detail = "The configuration's cors.origins does not name this origin.";
        Self::plain(403, "The origin is not allowed", detail, "origin_refused")
    }

    /// The request's address is too long for a redirect.
    pub fn address_too_long() -> Reply {
        let detail = "The path and query of this request take more than 8 KB when percent-encoded.";
        Self::plain(414, "The address is too long", detail, "address_too_long")
    }

    /// The request could not be read.
    pub fn unreadable_request() -> Reply {
        let detail = "The method or a header of this request is not valid.";
        Self::plain(400, "The request cannot be read", detail, "unreadable_request")
    }

    /// The waker itself failed.
    pub fn internal() -> Reply {
        let detail = "The waker has a defect; its log has the cause.";
        Self::plain(503, "The waker failed", detail, "internal")
            .header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_FAILURE))
    }

    fn plain(status: u16, title: &'static str, detail: &'static str, code: &'static str) -> Reply {
        Self { title, status, detail, code, phase: None, retry_after: None }.reply()
    }

    fn reply(&self) -> Reply {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        // A struct of strings and numbers always serialises.
        let body = serde_json::to_string(self).unwrap_or_default();
        let reply = Reply::new(status).body("application/problem+json", body);
        match self.retry_after {
            Some(seconds) => reply.header(header::RETRY_AFTER, HeaderValue::from(seconds)),
            None => reply,
        }
    }
}
