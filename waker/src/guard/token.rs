//! A token that wakes, and the cookie that replaces it.
//!
//! The configuration contains only the token's SHA-256. A request wakes only if it brings the token
//! itself, in the open or inside a cookie ([`super::cookie`]), which is checked against that digest.
//! So:
//!
//! | who has | can |
//! |---|---|
//! | the configuration, Terraform's state or the function's variables | guess tokens offline, so that the token must be long and random (`openssl rand -hex 32`); neither wake nor make a cookie |
//! | a cookie | wake its environment until the cookie expires; neither read the token from it, nor change its expiry time or its environment |
//! | both | read the token from the cookie |
//! | the token | wake every environment that has its digest |
//!
//! A token in the query ends up in histories, logs and shared links. A browser that brings one gets a
//! cookie for it and a redirect to the same address without it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderName, header};
use ring::digest;
use subtle::ConstantTimeEq as _;

use super::cookie;
use crate::{config::TokenDigest, event::Request};

/// The query parameter of the token.
pub const PARAMETER: &str = "reveille_token";
/// The header of the token.
const HEADER: HeaderName = HeaderName::from_static("x-reveille-token");
const COOKIE: &str = "reveille_token";
/// How long a cookie is valid.
const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// Where the request had the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    Query,
    Header,
    Cookie,
}

impl TokenDigest {
    /// Where the request has the token, or a cookie with it; None if nowhere.
    pub(super) fn given(&self, environment: &str, request: &Request, now: SystemTime) -> Option<TokenSource> {
        if request.header(HEADER).is_some_and(|token| self.is_of(token)) {
            return Some(TokenSource::Header);
        }
        if request.texts(header::COOKIE).any(|header| self.is_in(&header, environment, now)) {
            return Some(TokenSource::Cookie);
        }
        self.in_query(request).is_some().then_some(TokenSource::Query)
    }

    /// The token in the query.
    pub fn in_query<'a>(&self, request: &'a Request) -> Option<&'a str> {
        let mut values = request.query.iter().filter(|(name, _)| *name == PARAMETER);
        values.find(|(_, value)| self.is_of(value)).map(|(_, value)| value.as_str())
    }

    /// In constant time, so that the time does not show how much of the token was right.
    pub fn is_of(&self, token: &str) -> bool {
        self.is_of_bytes(token.as_bytes())
    }

    fn is_of_bytes(&self, token: &[u8]) -> bool {
        let digest = digest::digest(&digest::SHA256, token);
        self.bytes().ct_eq(digest.as_ref()).into()
    }

    /// A `Set-Cookie` for the token; `secure` if the browser used HTTPS. None for a token that is too
    /// long for a cookie, or if there is no randomness.
    pub fn set_cookie(
        &self,
        environment: &str,
        token: &str,
        now: SystemTime,
        secure: bool,
    ) -> Option<String> {
        let value = self.cookie(environment, token, now)?;
        let (age, secure) = (LIFETIME.as_secs(), if secure { "; Secure" } else { "" });
        Some(format!("{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"))
    }

    pub(crate) fn cookie(&self, environment: &str, token: &str, now: SystemTime) -> Option<String> {
        cookie::seal(self.bytes(), environment, seconds(now + LIFETIME), token.as_bytes())
    }

    /// Whether a cookie header has a cookie with the token.
    fn is_in(&self, header: &str, environment: &str, now: SystemTime) -> bool {
        let mut cookies = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        cookies.any(|(name, value)| name == COOKIE && self.is_sealed_in(environment, value, now))
    }

    fn is_sealed_in(&self, environment: &str, cookie: &str, now: SystemTime) -> bool {
        let opened = cookie::open(self.bytes(), environment, cookie);
        // A reader of the configuration can seal a cookie, but it counts only with the token inside.
        opened.is_some_and(|(end, token)| self.is_of_bytes(&token) && seconds(now) < end)
    }
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
        let cookie = digest.cookie("staging", TOKEN, now()).unwrap();
        for (fields, given) in [
            (json!({"queryStringParameters": {"reveille_token": TOKEN}}), Some(TokenSource::Query)),
            (json!({"headers": {"x-reveille-token": TOKEN}}), Some(TokenSource::Header)),
            (
                json!({"headers": {"cookie": format!("a=b; reveille_token={cookie}")}}),
                Some(TokenSource::Cookie),
            ),
            (
                json!({"headers": {"cookie": format!("name=Zoë; reveille_token={cookie}")}}),
                Some(TokenSource::Cookie),
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
        let cookie = digest.cookie("staging", TOKEN, now()).unwrap();
        assert!(digest.is_sealed_in("staging", &cookie, now()));
        assert!(digest.is_sealed_in("staging", &cookie, now() + LIFETIME - Duration::from_secs(1)));
        assert!(!digest.is_sealed_in("staging", &cookie, now() + LIFETIME), "it has an end");
        assert!(!digest.is_sealed_in("production", &cookie, now()));
        assert!(!digest_of("another").is_sealed_in("staging", &cookie, now()));
    }

    #[test]
    fn a_correctly_sealed_cookie_without_the_token_is_refused() {
        let digest = digest_of(TOKEN);
        for inside in ["", "another", "staging"] {
            let cookie = digest.cookie("staging", inside, now()).unwrap();
            assert!(!digest.is_sealed_in("staging", &cookie, now()), "{inside}");
        }
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
        let set = digest_of(TOKEN).set_cookie("staging", TOKEN, now(), true).unwrap();
        assert!(set.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"), "{set}");
        let plain = digest_of(TOKEN).set_cookie("staging", TOKEN, now(), false).unwrap();
        assert!(!plain.contains("Secure"), "{plain}");
    }
}
