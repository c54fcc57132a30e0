//! Percent-encoding, RFC 3986.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Of these, the ones that are not allowed in the last segment of a path (RFC 3986, 3.3).
const NOT_IN_A_SEGMENT: &AsciiSet = &RESERVED
    .remove(b';')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b',');

/// Encodes every byte outside RFC 3986's unreserved set, a space as `%20`.
///
/// A `+` for a space belongs to HTML forms; libpq and `SQLAlchemy` read it as a plus.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Encodes the last segment of a path.
///
/// node's pg-connection-string reads a path with `decodeURI`, which leaves `%2B` and the other
/// encodings of `; : @ & = + $ ,` as they are. All parsers agree on the bare characters.
pub(super) fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_A_SEGMENT).to_string()
}

/// `?name=value&name=value` of the parameters with a value; empty if none has one.
pub(super) fn query<const N: usize>(parameters: [(&str, Option<&str>); N]) -> String {
    let parameters: Vec<_> = parameters
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", encode(value?))))
        .collect();
    if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unreserved_characters_stay() {
        let ascii: String = (1..=127).map(char::from).collect();
        let stays: String = encode(&ascii).split('%').map(|part| part.get(2..).unwrap_or_default()).collect();
        assert_eq!(stays, "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
        assert_eq!(encode(" +é"), "%20%2B%C3%A9");
    }
}
