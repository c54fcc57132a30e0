//! Checks what a server asks of a login, before tokio-postgres reads it.
//!
//! tokio-postgres, like libpq, sends the password to every server that asks for it, and reads
//! messages of any length. The guard is the stream between: it reads along, and breaks the
//! connection instead of passing on a refused message.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll, ready};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection::SslMode;
use crate::net::tls::Verify;

/// The most bytes that a server may send for a login. A login takes a few hundred.
const LONGEST_LOGIN: usize = 1 << 20;

/// The tag and the first field, after the length, of a message that asks for a password. Source:
/// PostgreSQL documentation, "Message Formats", `AuthenticationCleartextPassword` and
/// `AuthenticationMD5Password`.
const AUTHENTICATION: u8 = b'R';
const CLEARTEXT: u32 = 3;
const MD5: u32 = 5;

/// Whether a server may get the password itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Its certificate was verified, it is on this machine, or `DB_SSLMODE` is `disable`, which
    /// means that the network needs no protection.
    Trusted,
    /// Its identity is not verified.
    Unverified,
}

impl Trust {
    pub(super) fn over_tls(verify: &Verify, server: SocketAddr) -> Self {
        match verify {
            Verify::Chain(_) | Verify::ChainAndName(_) => Self::Trusted,
            Verify::Nothing => Self::of_address(server),
        }
    }

    pub(super) fn without_tls(mode: Option<SslMode>, server: SocketAddr) -> Self {
        if mode == Some(SslMode::Disable) { Self::Trusted } else { Self::of_address(server) }
    }

    fn of_address(server: SocketAddr) -> Self {
        if server.ip().to_canonical().is_loopback() { Self::Trusted } else { Self::Unverified }
    }

    /// Whether the server may ask for the password by this method.
    fn check(self, method: u32) -> Result<(), GuardError> {
        static WARNED: Once = Once::new();
        match (self, method) {
            (Self::Unverified, CLEARTEXT) => Err(GuardError::Cleartext),
            (Self::Unverified, MD5) => {
                WARNED.call_once(|| {
                    tracing::warn!(
                        "a server that is not verified gets an MD5 hash of the password, from which \
                         a weak password can be guessed: set DB_SSLMODE to verify-full, or \
                         password_encryption to scram-sha-256"
                    );
                });
                Ok(())
            }
            (Self::Trusted | Self::Unverified, _) => Ok(()),
        }
    }
}

/// Why the guard broke the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum GuardError {
    #[error("it asks for the password in clear text")]
    Cleartext,
    #[error("it sends more than {LONGEST_LOGIN} bytes before the login is over")]
    TooLong,
}

/// A guarded stream to the server of a login.
#[derive(Debug)]
pub(super) struct Guarded<S> {
    stream: S,
    trust: Trust,
    received: usize,
    /// The start of the current message, as far as it has been read.
    start: Vec<u8>,
    /// How many bytes of the current message are still to come, after its start.
    rest: usize,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, trust: Trust) -> Self {
        Self { stream, trust, received: 0, start: Vec::new(), rest: 0 }
    }

    fn check(&mut self, mut bytes: &[u8]) -> Result<(), GuardError> {
        self.received += bytes.len();
        if self.received > LONGEST_LOGIN {
            return Err(GuardError::TooLong);
        }
        while let Some((first, after)) = bytes.split_first() {
            if self.rest > 0 {
                let skipped = self.rest.min(bytes.len());
                self.rest -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            self.start.push(*first);
            bytes = after;
            let [tag, a, b, c, d, field @ ..] = &self.start[..] else { continue };
            // The length includes itself, but not the tag. tokio-postgres refuses too short a one.
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            let rest = (1 + length).saturating_sub(self.start.len());
            if *tag == AUTHENTICATION && rest > 0 && field.len() < 4 {
                continue;
            }
            if let (&AUTHENTICATION, Ok(method)) = (tag, <[u8; 4]>::try_from(field)) {
                self.trust.check(u32::from_be_bytes(method))?;
            }
            self.start.clear();
            self.rest = rest;
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.check(&buffer.filled()[before..]).map_err(io::Error::other))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::roots;

    const ASKS_CLEARTEXT: &[u8] = b"R\0\0\0\x08\0\0\0\x03";
    const ASKS_MD5: &[u8] = b"R\0\0\0\x0c\0\0\0\x05salt";
    const ASKS_SCRAM: &[u8] = b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0";
    const NOTICE: &[u8] = b"N\0\0\0\x0fR\0\0\0\x08\0\0\0\x03\0\0";

    fn check(trust: Trust, parts: &[&[u8]]) -> Result<(), GuardError> {
        let mut guarded = Guarded::new((), trust);
        parts.iter().try_for_each(|part| guarded.check(part))
    }

    #[test]
    fn cleartext_is_refused_wherever_it_is_cut_and_whatever_comes_before() {
        let sent = [NOTICE, ASKS_SCRAM, ASKS_MD5, ASKS_CLEARTEXT].concat();
        for cut in 0..=sent.len() {
            let parts = [&sent[..cut], &sent[cut..]];
            assert_eq!(check(Trust::Unverified, &parts), Err(GuardError::Cleartext), "{cut}");
            assert_eq!(check(Trust::Trusted, &parts), Ok(()), "{cut}");
            let harmless = sent.len() - 1;
            assert_eq!(
                check(Trust::Unverified, &[&sent[..cut.min(harmless)], &sent[cut.min(harmless)..harmless]]),
                Ok(())
            );
        }
        let bytes: Vec<_> = sent.chunks(1).collect();
        assert_eq!(check(Trust::Unverified, &bytes), Err(GuardError::Cleartext));
    }

    #[test]
    fn a_wrong_length_is_passed_on() {
        for length in [0, 3, 4, 7] {
            assert_eq!(check(Trust::Unverified, &[&[AUTHENTICATION, 0, 0, 0, length]]), Ok(()));
        }
    }

    #[test]
    fn a_login_has_an_end() {
        let megabyte = [&b"N\x7f\xff\xff\xff"[..], &vec![b'x'; LONGEST_LOGIN - 5]].concat();
        assert_eq!(check(Trust::Trusted, &[&megabyte]), Ok(()));
        assert_eq!(check(Trust::Trusted, &[&megabyte, b"x"]), Err(GuardError::TooLong));
    }

    #[test]
    fn who_is_trusted_with_the_password() {
        let address = |text: &str| SocketAddr::new(text.parse().unwrap(), 5432);
        let (here, mapped) = (address("127.0.0.1"), address("::ffff:127.0.0.1"));
        let away = address("10.0.0.1");
        for server in [here, mapped, address("::1")] {
            assert_eq!(Trust::without_tls(None, server), Trust::Trusted);
            assert_eq!(Trust::over_tls(&Verify::Nothing, server), Trust::Trusted);
        }
        for mode in [None, Some(SslMode::Prefer)] {
            assert_eq!(Trust::without_tls(mode, away), Trust::Unverified);
        }
        assert_eq!(Trust::without_tls(Some(SslMode::Disable), away), Trust::Trusted);
        assert_eq!(Trust::over_tls(&Verify::Nothing, away), Trust::Unverified);
        for verify in [Verify::Chain(roots::amazon_rds()), Verify::ChainAndName(roots::amazon_rds())] {
            assert_eq!(Trust::over_tls(&verify, away), Trust::Trusted);
        }
    }
}
