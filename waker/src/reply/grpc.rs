//! Answers to gRPC clients, which follow no redirect and read no page.

use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{Answer, Reply};

/// A gRPC status in the "trailers-only" form, without a body ([protocol]). Clients retry on
/// `UNAVAILABLE`, and then reach the app.
///
/// [protocol]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
pub(super) fn unavailable(answer: Answer) -> Reply {
    let message = match answer {
        Answer::Ready => "The application is ready; try again.",
        Answer::Refused(refusal) => refusal.sentence(),
        answer => answer.phase().sentence(),
    };
    Reply::new(StatusCode::OK)
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"))
        .header(HeaderName::from_static("grpc-status"), HeaderValue::from_static("14"))
        .header(HeaderName::from_static("grpc-message"), HeaderValue::from_static(message))
}
