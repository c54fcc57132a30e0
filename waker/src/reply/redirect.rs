//! Redirects to the app: the same path and query, never another host.

use http::{HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{ProblemDocument, Reply};
use crate::{event::Request, guard};

/// The load balancer accepts 32 KB of headers and answers 502 for more; percent-encoding makes up to
/// three bytes of one.
const LONGEST_LOCATION: usize = 8 * 1024;

/// Whether the request's address is too long for a redirect to it.
pub fn is_too_long(request: &Request) -> bool {
    address(request).len() > LONGEST_LOCATION
}

/// 414 if the location is too long, because a shorter address would work.
fn redirect(status: StatusCode, location: HeaderValue) -> Reply {
    if location.len() > LONGEST_LOCATION {
        return ProblemDocument::address_too_long();
    }
    Reply::new(status).header(header::LOCATION, location)
}

/// To the same address without the token. 307, so that method and body are sent again (RFC 9110,
/// section 15.4.8).
pub fn without_token(request: &Request) -> Reply {
    redirect(StatusCode::TEMPORARY_REDIRECT, address(request))
}

/// The request's path and query without the token.
pub(super) fn address(request: &Request) -> HeaderValue {
    let query: Vec<_> = request.query.iter().filter(|(name, _)| name != guard::PARAMETER).cloned().collect();
    location(&request.path, &query)
}

/// After a form of a page: 303, so that the form is not sent again. `to` is a path with its query; it
/// comes from the form and may be forged.
pub fn see_other(to: &str) -> Reply {
    let (path, query) = to.split_once('?').map_or((to, None), |(path, query)| (path, Some(query)));
    let pairs = query.into_iter().flat_map(|query| query.split('&')).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    });
    let pairs: Vec<_> = pairs.filter(|(name, _)| name != guard::PARAMETER).collect();
    redirect(StatusCode::SEE_OTHER, location(path, &pairs))
}

/// A relative reference to the same path and query on the same host.
///
/// It always begins with exactly one slash: `//x` and `/\x` would name another host ([URL standard],
/// "relative slash state"). A path that begins with two slashes keeps both behind a dot segment, which
/// every client removes again.
///
/// Characters that a path or a query may not contain are percent-encoded; what is already encoded
/// stays, because the load balancer passes it on like that.
///
/// [URL standard]: https://url.spec.whatwg.org/#relative-slash-state
pub fn location(path: &str, query: &[(String, String)]) -> HeaderValue {
    let mut text = String::with_capacity(path.len() + 2);
    if !path.starts_with('/') {
        text.push('/');
    } else if path.starts_with("//") {
        text.push_str("/.");
    }
    encode(path, PATH, &mut text);
    for (index, (name, value)) in query.iter().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        encode(name, QUERY_NAME, &mut text);
        text.push('=');
        encode(value, QUERY_VALUE, &mut text);
    }
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("/"))
}

/// All but letters, digits, `pchar` and the slash (RFC 3986, section 3.3).
const PATH: &AsciiSet = &QUERY_VALUE.remove(b'&').add(b'?');
/// All but `query` (section 3.4) without what separates parameters.
const QUERY_NAME: &AsciiSet = &QUERY_VALUE.add(b'=');
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b':')
    .remove(b'@')
    .remove(b'/')
    .remove(b'?')
    .remove(b'=');

/// A percent sign stays where two hexadecimal digits follow it.
fn encode(text: &str, set: &'static AsciiSet, out: &mut String) {
    let mut rest = text;
    while let Some(index) = escape(rest) {
        let (before, from) = rest.split_at(index);
        let (escape, after) = from.split_at(3);
        out.extend(utf8_percent_encode(before, set));
        out.push_str(escape);
        rest = after;
    }
    out.extend(utf8_percent_encode(rest, set));
}

/// Where the first byte is that is encoded already.
fn escape(text: &str) -> Option<usize> {
    text.as_bytes()
        .windows(3)
        .position(|bytes| bytes[0] == b'%' && bytes[1].is_ascii_hexdigit() && bytes[2].is_ascii_hexdigit())
}
