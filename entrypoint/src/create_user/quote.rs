//! Names and texts in SQL.
//!
//! A role's name cannot be a parameter of `CREATE ROLE`, so it is quoted, like in libpq's
//! `PQescapeIdentifier` and `PQescapeLiteral`. None has a NUL: the configuration refuses it.

/// A name in double quotes, in which only double quotes have to be escaped.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text. In the form `E''` the meaning of a backslash does not depend on
/// `standard_conforming_strings`.
pub(super) fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_and_backslashes_are_doubled() {
        assert_eq!(identifier("app"), "\"app\"");
        assert_eq!(identifier("a\"; DROP ROLE b; --\\"), "\"a\"\"; DROP ROLE b; --\\\"");
        assert_eq!(literal("it's \\ all"), "E'it''s \\\\ all'");
    }

    /// Reads a quoted text like PostgreSQL's lexer; None if it does not end with its last
    /// character.
    fn read(quoted: &str, quote: char, escapes: bool) -> Option<String> {
        let mut characters = quoted.strip_prefix(quote)?.chars();
        let mut text = String::new();
        loop {
            match characters.next()? {
                character if character == quote => match characters.next() {
                    None => return Some(text),
                    Some(next) if next == quote => text.push(quote),
                    Some(_) => return None,
                },
                '\\' if escapes => text.push(characters.next().filter(|next| *next == '\\')?),
                character => text.push(character),
            }
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_back_as_it_was(text in prop_oneof![any::<String>(), r#"['"\\; ae]{0,24}"#]) {
            prop_assert_eq!(read(&identifier(&text), '"', false), Some(text.clone()));
            let literal = literal(&text);
            prop_assert_eq!(read(literal.strip_prefix('E').unwrap(), '\'', true), Some(text));
        }
    }
}
