//! The other origins whose scripts may read the waker's answers.

use http::Uri;

use super::reader::Object;

/// If empty, preflights are treated as any request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cors {
    /// As browsers send them: `https://app.example.com`, lower case and without a trailing slash.
    pub origins: Vec<String>,
    /// Requests may carry cookies.
    pub credentials: bool,
}

/// Reads an environment's object `cors`.
pub(super) fn read(mut object: Object<'_>) -> Cors {
    let mut origins = Vec::new();
    for (path, item) in object.filled_list("origins") {
        match item.as_str() {
            Some(origin) if is_origin(origin) => origins.push(origin.to_owned()),
            _ => object.problem_at(path, "must be an origin in lower case such as https://app.example.com"),
        }
    }
    let credentials = object.flag("credentials");
    object.close();
    Cors { origins, credentials }
}

fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let uri = text.parse::<Uri>();
    uri.is_ok_and(|uri| uri.authority().is_some_and(|authority| authority.as_str() == host))
        && !host.contains('@')
        && text == text.to_ascii_lowercase()
}
