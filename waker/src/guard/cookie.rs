//! The cookie that carries a token: ChaCha20-Poly1305 of its expiry time and the token, for one
//! environment.
//!
//! The waker has no secret of its own, because everything it has is in the configuration. So no
//! signature by it proves anything; only the token inside the cookie does. The cookie is sealed with a
//! key derived from the token's digest: the app and its logs, which get every cookie, neither learn the
//! token nor can change the expiry time or the environment.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom as _, SystemRandom},
};

/// Browsers keep cookies of up to 4,096 bytes, attributes included.
const LONGEST_TOKEN: usize = 2_048;
const END_LEN: usize = size_of::<u64>();

/// The cookie's value. None for a token that is too long, or if there is no randomness.
pub(crate) fn seal(digest: &[u8; 32], environment: &str, end: u64, token: &[u8]) -> Option<String> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok().filter(|()| token.len() <= LONGEST_TOKEN)?;
    let mut sealed = [&end.to_be_bytes(), token].concat();
    let unique = Nonce::assume_unique_for_key(nonce);
    key(digest)?.seal_in_place_append_tag(unique, Aad::from(environment), &mut sealed).ok()?;
    Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// The expiry time, in seconds since the epoch, and the token of a cookie from [`seal`].
pub(super) fn open(digest: &[u8; 32], environment: &str, cookie: &str) -> Option<(u64, Vec<u8>)> {
    let mut bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
    let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key(digest)?.open_in_place(nonce, Aad::from(environment), sealed).ok()?;
    let (end, token) = plain.split_at_checked(END_LEN)?;
    Some((u64::from_be_bytes(end.try_into().ok()?), token.to_vec()))
}

fn key(digest: &[u8; 32]) -> Option<LessSafeKey> {
    let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, digest), b"reveille cookie 2");
    UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).ok().map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIGEST: [u8; 32] = [7; 32];

    #[test]
    fn a_cookie_with_one_bit_changed_does_not_open() {
        let cookie = seal(&DIGEST, "staging", 1_763_717_000, b"token").unwrap();
        assert_eq!(open(&DIGEST, "staging", &cookie), Some((1_763_717_000, b"token".to_vec())));
        let bytes = URL_SAFE_NO_PAD.decode(&cookie).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&DIGEST, "staging", &URL_SAFE_NO_PAD.encode(changed)), None, "{bit}");
        }
        for len in 0..bytes.len() {
            assert_eq!(open(&DIGEST, "staging", &URL_SAFE_NO_PAD.encode(&bytes[..len])), None, "{len}");
        }
    }

    #[test]
    fn no_two_cookies_are_the_same_and_none_is_too_long_for_a_browser() {
        let seal = |token: &[u8]| seal(&DIGEST, "staging", 1, token);
        assert_ne!(seal(b"token"), seal(b"token"));
        assert!(seal(&[b'a'; LONGEST_TOKEN]).is_some_and(|cookie| cookie.len() < 3_000));
        assert_eq!(seal(&[b'a'; LONGEST_TOKEN + 1]), None);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_as_a_cookie_is_no_panic(cookie in "[A-Za-z0-9_=. -]{0,80}") {
            prop_assert_eq!(open(&DIGEST, "staging", &cookie), None);
        }
    }
}
