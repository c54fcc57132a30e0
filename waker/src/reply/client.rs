//! The kind of client that sent a request.

use http::{HeaderName, Method, header};

use crate::event::Request;

/// The kind of client, as far as it decides the form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// A browser that shows the answer as a page.
    Navigation,
    /// A browser that sends a form and shows the answer as a page. It is held, because a page could not
    /// send the form again.
    Form,
    /// A gRPC client, which gets a gRPC status.
    Grpc,
    /// Anything else: it is held, because it cannot use a page.
    Other,
}

/// Also `application/grpc+proto`, `application/grpc-web` and the like.
const GRPC: &str = "application/grpc";

impl Client {
    /// A navigation accepts HTML and is not made by a script. Browsers say the latter in
    /// `Sec-Fetch-Mode` ([Fetch Metadata]); without it, `Accept` decides. With any method but GET it is
    /// a form. A HEAD shows nothing.
    ///
    /// [Fetch Metadata]: https://www.w3.org/TR/fetch-metadata/
    pub fn of(request: &Request) -> Self {
        let by_script = request
            .header(HeaderName::from_static("sec-fetch-mode"))
            .is_some_and(|mode| !mode.eq_ignore_ascii_case("navigate"));
        let content_type = request.header(header::CONTENT_TYPE).unwrap_or_default();
        if content_type.get(..GRPC.len()).is_some_and(|start| start.eq_ignore_ascii_case(GRPC)) {
            return Self::Grpc;
        }
        match request.method {
            Method::HEAD => Self::Other,
            _ if by_script || !accepts_html(request) => Self::Other,
            Method::GET => Self::Navigation,
            _ => Self::Form,
        }
    }
}

/// Whether `Accept` names HTML; `*/*` alone, which curl sends, does not.
fn accepts_html(request: &Request) -> bool {
    let values = request.headers.get_all(header::ACCEPT);
    values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|range| {
        let mut parameters = range.split(';').map(str::trim);
        let html = parameters.next().is_some_and(|media_type| {
            media_type.eq_ignore_ascii_case("text/html")
                || media_type.eq_ignore_ascii_case("application/xhtml+xml")
        });
        html && !parameters.any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0_f32)
            })
        })
    })
}
