//! Errors and servers' messages as text for one line of a log.

use std::error::Error;

/// The most bytes of a server's message that are repeated.
const LONGEST_QUOTE: usize = 1_000;

/// A server's message, cut to a length that fits a log. Control characters are escaped: a carriage
/// return lets a terminal overwrite the line. Line breaks stay, for [`chain`].
pub(crate) fn quote(text: &str) -> String {
    let start = &text[..text.floor_char_boundary(LONGEST_QUOTE)];
    let mut quoted = String::with_capacity(start.len());
    for character in start.chars() {
        if character.is_control() && character != '\n' {
            quoted.extend(character.escape_default());
        } else {
            quoted.push(character);
        }
    }
    match text.len() - start.len() {
        0 => quoted,
        more => format!("{quoted}... and {more} more bytes"),
    }
}

/// An error and its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    // Some of the AWS SDK's errors are lists.
    text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use thiserror::Error;

    #[test]
    fn a_quote_is_cut_between_characters() {
        assert_eq!(quote("short"), "short");
        let long = format!("{}é{}", "x".repeat(LONGEST_QUOTE - 1), "y".repeat(7));
        assert_eq!(quote(&long), format!("{}... and 9 more bytes", "x".repeat(LONGEST_QUOTE - 1)));
    }

    #[test]
    fn a_quote_cannot_steer_a_terminal() {
        assert_eq!(quote("a\r\u{1b}[2J\0\n\u{85}é"), "a\\r\\u{1b}[2J\\u{0}\n\\u{85}é");
    }

    #[test]
    fn a_chain_is_one_line() {
        #[derive(Debug, Error)]
        #[error("outer")]
        struct Outer(#[source] io::Error);
        assert_eq!(chain(&Outer(io::Error::other("tried:\n  this\n  that"))), "outer: tried:; this; that");
    }
}
