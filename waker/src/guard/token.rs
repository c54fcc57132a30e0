//! A token that wakes, and the cookie that takes its place.
//!
//! The configuration has the token's SHA-256 and not the token: whoever reads it learns
//! nothing that wakes. So the token must be one that nobody can guess, such as
//! `openssl rand -hex 32` makes.
//!
//! A token in the query ends up in histories, logs and links that are passed on. A
//! browser that brings one gets a cookie for it and is sent to the same address without.
//! The cookie is signed (HMAC-SHA-256), names its end, and is good for one environment.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderName, header};
use ring::{digest, hmac};
use subtle::ConstantTimeEq as _;

use crate::event::Request;

/// In the query.
pub const PARAMETER: &str = "reveille_token";
/// In a header.
const HEADER: HeaderName = HeaderName::from_static("x-reveille-token");
const COOKIE: &str = "reveille_token";
/// How long a cookie is good for.
const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// Where the token was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Query,
    Header,
    Cookie,
}

/// The SHA-256 of a token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenDigest([u8; 32]);

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(..)")
    }
}

impl TokenDigest {
    /// None unless it is 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        (text.len() == 64).then_some(())?;
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(Self(bytes))
    }

    #[cfg(test)]
    pub(crate) fn of(token: &str) -> Self {
        Self(digest::digest(&digest::SHA256, token.as_bytes()).as_ref().try_into().unwrap())
    }

    /// Where the request has the token, or a cookie for it; None if nowhere.
    pub(super) fn given(&self, environment: &str, request: &Request, now: SystemTime) -> Option<Given> {
        if request.header(HEADER).is_some_and(|token| self.is_of(token)) {
            return Some(Given::Header);
        }
        if request.texts(header::COOKIE).any(|header| self.is_in(&header, environment, now)) {
            return Some(Given::Cookie);
        }
        let in_query = request.query.iter().any(|(name, value)| name == PARAMETER && self.is_of(value));
        in_query.then_some(Given::Query)
    }

    /// In a time that says nothing of how much of the token was right.
    pub fn is_of(&self, token: &str) -> bool {
        let digest = digest::digest(&digest::SHA256, token.as_bytes());
        self.0.ct_eq(digest.as_ref()).into()
    }

    /// The cookie's value: its end in seconds since the epoch, and the signature.
    pub fn cookie(&self, environment: &str, now: SystemTime) -> String {
        let end = seconds(now + LIFETIME);
        let signature = hmac::sign(&self.key(), message(environment, end).as_bytes());
        format!("{end}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A `Set-Cookie` for it; `secure` where the browser came by HTTPS.
    pub fn set_cookie(&self, environment: &str, now: SystemTime, secure: bool) -> String {
        let (value, age) = (self.cookie(environment, now), LIFETIME.as_secs());
        let secure = if secure { "; Secure" } else { "" };
        format!("{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
    }

    /// Whether a cookie header has a cookie of it.
    fn is_in(&self, header: &str, environment: &str, now: SystemTime) -> bool {
        let mut cookies = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        cookies.any(|(name, value)| name == COOKIE && self.has_signed(environment, value, now))
    }

    fn has_signed(&self, environment: &str, cookie: &str, now: SystemTime) -> bool {
        let Some((end, signature)) = cookie.split_once('.') else { return false };
        let (Ok(end), Ok(signature)) = (end.parse(), URL_SAFE_NO_PAD.decode(signature)) else { return false };
        let verified = hmac::verify(&self.key(), message(environment, end).as_bytes(), &signature);
        verified.is_ok() && seconds(now) < end
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

fn message(environment: &str, end: u64) -> String {
    format!("reveille cookie 1|{environment}|{end}")
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::guard::tests::request;

    const TOKEN: &str = "6c1f0f4f1a0c4f0e";

    fn digest_of(token: &str) -> TokenDigest {
        TokenDigest::of(token)
    }

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_763_717_000)
    }

    #[test]
    fn the_token_is_taken_from_the_query_a_header_or_a_cookie() {
        let digest = digest_of(TOKEN);
        let cookie = digest.cookie("staging", now());
        for (fields, given) in [
            (json!({"queryStringParameters": {"reveille_token": TOKEN}}), Some(Given::Query)),
            (json!({"headers": {"x-reveille-token": TOKEN}}), Some(Given::Header)),
            (json!({"headers": {"cookie": format!("a=b; reveille_token={cookie}")}}), Some(Given::Cookie)),
            (
                json!({"headers": {"cookie": format!("name=Zoë; reveille_token={cookie}")}}),
                Some(Given::Cookie),
            ),
            (json!({"queryStringParameters": {"reveille_token": "another"}}), None),
            (json!({"queryStringParameters": {"reveille_token": ""}}), None),
            (json!({"headers": {"x-reveille-token": format!("{TOKEN} ")}}), None),
            (json!({"headers": {"cookie": format!("reveille_token={TOKEN}")}}), None),
            (json!({"headers": {"cookie": "reveille_token="}}), None),
            (json!({}), None),
        ] {
            assert_eq!(digest.given("staging", &request(&fields), now()), given, "{fields}");
        }
    }

    #[test]
    fn a_cookie_is_good_for_one_environment_one_token_and_thirty_days() {
        let digest = digest_of(TOKEN);
        let cookie = digest.cookie("staging", now());
        assert!(digest.has_signed("staging", &cookie, now()));
        assert!(digest.has_signed("staging", &cookie, now() + LIFETIME - Duration::from_secs(1)));
        assert!(!digest.has_signed("staging", &cookie, now() + LIFETIME), "it has an end");
        assert!(!digest.has_signed("production", &cookie, now()));
        assert!(!digest_of("another").has_signed("staging", &cookie, now()));
        let (end, signature) = cookie.split_once('.').unwrap();
        let later = format!("{}.{signature}", end.parse::<u64>().unwrap() + 1);
        assert!(!digest.has_signed("staging", &later, now()), "its end is signed");
    }

    #[test]
    fn a_digest_is_64_hexadecimal_digits_and_is_not_shown() {
        assert!(TokenDigest::parse(&"a".repeat(63)).is_none());
        assert!(TokenDigest::parse(&"+1".repeat(32)).is_none());
        assert!(TokenDigest::parse(&"é".repeat(32)).is_none());
        assert_eq!(format!("{:?}", digest_of(TOKEN)), "TokenDigest(..)");
    }

    #[test]
    fn the_cookie_is_kept_from_scripts_and_from_other_sites() {
        let set = digest_of(TOKEN).set_cookie("staging", now(), true);
        assert!(set.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"), "{set}");
        assert!(!digest_of(TOKEN).set_cookie("staging", now(), false).contains("Secure"));
    }
}
