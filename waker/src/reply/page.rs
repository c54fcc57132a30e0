//! What a browser shows meanwhile: it refreshes itself until the app answers.

use http::{HeaderValue, StatusCode, header};

use super::Reply;
use crate::environment::{failure::Failure, plan::Phase};

const REFRESH_WAITING: u32 = 2;
const REFRESH_FAILURE: u32 = 15;

pub(super) fn waiting(name: &str, phase: Phase) -> Reply {
    page(name, "is waking up", phase.sentence(), REFRESH_WAITING)
}

pub(super) fn failed(name: &str, failure: Failure) -> Reply {
    page(name, "cannot be woken", failure.sentence(), REFRESH_FAILURE)
}

/// `name` needs no escaping: the configuration allows it letters, digits and
/// `-._` only. Nothing of the request gets into the page.
fn page(name: &str, what: &str, sentence: &str, refresh: u32) -> Reply {
    let body = format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="{refresh}">
<title>{name} {what}</title>
<h1>{name} {what}</h1>
<p role="status">{sentence}</p>
<p>This page refreshes itself.</p>
</html>
"#
    );
    Reply::new(StatusCode::SERVICE_UNAVAILABLE)
        .header(header::RETRY_AFTER, HeaderValue::from(refresh))
        .header(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"))
        .body("text/html; charset=utf-8", body)
}
