//! A regular expression; equal if its text is equal.

use regex_lite::{Regex, RegexBuilder};

/// Case-insensitive; matches anywhere in the text unless it is anchored.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// Only this part of a text is matched. The text comes from a client, but a load balancer accepts no
/// request line and no header above 16 KB.
const LONGEST: usize = 16 * 1024;

impl Pattern {
    /// The error says where the expression is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 20).build();
        built.map(Self).map_err(|error| error.to_string())
    }

    pub fn matches(&self, text: &str) -> bool {
        let end = (0..=text.len().min(LONGEST)).rev().find(|&end| text.is_char_boundary(end));
        self.0.is_match(&text[..end.unwrap_or_default()])
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}
