//! Servers that are not PostgreSQL, or that lie.

use crate::hostile::entrypoint::{Case, NOT_IN_TIME, RAN, REFUSED, hold};
use crate::hostile::strings::SECRET;
use crate::tcp_script::{Act, message, sasl, say, serve};
use Act::{Flood, Hang, Hear, Scram, Trickle};

const PROTOCOL: &str = "does not speak PostgreSQL's protocol";
const TIMED_OUT: &str = "the attempt timed out";
const BROKEN: &str = "the connection broke";
const TLS: &str = "TLS cannot be trusted or agreed on";

const OK: &[u8] = b"R\0\0\0\x08\0\0\0\0";
const READY: &[u8] = b"Z\0\0\0\x05I";
/// 4,096 rounds, like PostgreSQL.
const FIRST: &str = "r={nonce}server,s=c2FsdHNhbHRzYWx0c2FsdA==,i=4096";

fn error(fields: &[u8]) -> Act {
    Act::Say(message(b'E', fields))
}

/// Asks for a login by SCRAM after the startup message.
fn scram(then: &[Act]) -> Vec<Act> {
    let offer = Act::Say(sasl(10, "SCRAM-SHA-256\0\0"));
    [&[Hear, offer][..], then].concat()
}

fn started(then: Act) -> Vec<Act> {
    vec![Hear, then]
}

type Row = (&'static str, Vec<Act>, i32, &'static str);

fn without_tls() -> Vec<Row> {
    let lie = Act::Say(sasl(12, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    let many = format!("r={{nonce}}server,s=c2FsdA==,i={}", u32::MAX);
    let many = Scram(Box::leak(many.into_boxed_str()));
    vec![
        ("a login without a password", vec![Hear, say(OK), say(READY), Hang], RAN, "up"),
        ("random bytes", started(say(&[0x9b, 7, 0xff, 0, 1, 2, 3, 4, 5, 6])), REFUSED, PROTOCOL),
        ("a length of 0", started(say(b"R\0\0\0\0\0\0\0\0")), REFUSED, PROTOCOL),
        ("a negative length", started(say(b"E\xff\xff\xff\xff")), REFUSED, PROTOCOL),
        (
            "a message of 2 GB",
            vec![Hear, say(b"E\x7f\xff\xff\xff"), Flood(vec![b'x'; 1024])],
            REFUSED,
            PROTOCOL,
        ),
        ("a message in bytes", vec![Hear, Trickle(b"E\0\x01\0\0x".to_vec())], NOT_IN_TIME, TIMED_OUT),
        (
            "notices without end",
            vec![Hear, Flood(message(b'N', b"SNOTICE\0C00000\0Mx\0\0"))],
            REFUSED,
            PROTOCOL,
        ),
        ("parameters without end", vec![Hear, say(OK), Flood(message(b'S', b"a\0b\0"))], REFUSED, PROTOCOL),
        ("rows before a login", started(say(b"D\0\0\0\x06\0\0")), REFUSED, PROTOCOL),
        ("another protocol's version", started(say(&message(b'v', &[0; 8]))), REFUSED, PROTOCOL),
        ("never ready", vec![Hear, say(OK), Hang], NOT_IN_TIME, TIMED_OUT),
        (
            "an error after the login",
            vec![Hear, say(OK), error(b"SFATAL\0C57P01\0Mno\0\0")],
            NOT_IN_TIME,
            "it is not ready",
        ),
        (
            "the same error for ever",
            vec![Hear, error(b"SFATAL\0C57P03\0Mno\0\0")],
            NOT_IN_TIME,
            "it is not ready",
        ),
        ("an error without fields", started(error(b"\0")), REFUSED, PROTOCOL),
        ("an error that is not UTF-8", started(error(b"SFATAL\0C28P01\0M\xff\xfe\0\0")), REFUSED, ""),
        (
            "an error that forges lines",
            started(error(b"SFATAL\0C28P01\0Ma\n2026-01-01T00:00:00Z INFO up\r\x1b[2J\0\0")),
            REFUSED,
            "the login is wrong",
        ),
        ("Kerberos", started(say(b"R\0\0\0\x08\0\0\0\x02")), REFUSED, ""),
        ("GSSAPI", started(say(b"R\0\0\0\x08\0\0\0\x07")), REFUSED, ""),
        ("a login of an unknown kind", started(say(b"R\0\0\0\x08\0\0\0\x63")), REFUSED, ""),
        ("an unknown SASL mechanism", started(Act::Say(sasl(10, "PLAIN\0\0"))), REFUSED, ""),
        ("no SASL mechanism", started(Act::Say(sasl(10, "\0"))), REFUSED, ""),
        ("SCRAM: closed after the offer", scram(&[]), NOT_IN_TIME, BROKEN),
        ("SCRAM: no proof, after the first message", scram(&[Hear, say(OK), say(READY), Hang]), REFUSED, ""),
        ("SCRAM: no proof, at the end", scram(&[Scram(FIRST), Hear, say(OK), say(READY), Hang]), REFUSED, ""),
        ("SCRAM: a wrong proof", scram(&[Scram(FIRST), Hear, lie, say(OK), say(READY), Hang]), REFUSED, ""),
        (
            "SCRAM: an error for a proof",
            scram(&[Scram(FIRST), Hear, Act::Say(sasl(12, "e=other-error"))]),
            REFUSED,
            "",
        ),
        ("SCRAM: another nonce", scram(&[Scram("r=another,s=c2FsdA==,i=4096"), Hang]), REFUSED, ""),
        ("SCRAM: a million rounds", scram(&[Scram("r={nonce}x,s=c2FsdA==,i=1000000"), Hang]), REFUSED, ""),
        ("SCRAM: four billion rounds", scram(&[many, Hang]), REFUSED, ""),
        ("SCRAM: no round", scram(&[Scram("r={nonce}x,s=c2FsdA==,i=0"), Hang]), NOT_IN_TIME, TIMED_OUT),
        ("SCRAM: garbage", scram(&[Scram("\u{0}\u{ff}"), Hang]), REFUSED, ""),
    ]
}

fn with_tls() -> Vec<Row> {
    let record = [&b"S\x16\x03\x03\xff\xff"[..], &[0xff; 1024]].concat();
    vec![
        ("TLS: a login put before it", vec![Hear, say(&[b"S", OK, READY].concat()), Hang], REFUSED, TLS),
        ("TLS: no word of the protocol", started(say(b"X")), REFUSED, PROTOCOL),
        ("TLS: refused", started(say(b"N")), REFUSED, "the server does not offer TLS"),
        ("TLS: silence", vec![Hear, say(b"S"), Hang], NOT_IN_TIME, TIMED_OUT),
        ("TLS: closed", started(say(b"S")), NOT_IN_TIME, BROKEN),
        ("TLS: garbage", vec![Hear, say(b"SHTTP/1.1 400 no\r\n\r\n"), Hang], REFUSED, TLS),
        ("TLS: records without end", vec![Hear, say(&record), Flood(vec![0xff; 1024])], REFUSED, TLS),
        (
            "TLS: in bytes",
            vec![Hear, say(b"S"), Trickle(b"\x16\x03\x03\x40\x00\x02".to_vec())],
            NOT_IN_TIME,
            "",
        ),
        ("TLS: alerts", vec![Hear, say(b"S"), Flood(b"\x15\x03\x03\x00\x02\x01\x5a".to_vec())], REFUSED, ""),
    ]
}

/// For `create-user`, after a login.
fn statements() -> Vec<Row> {
    let logged_in = |then: &[Act]| [&[Hear, say(OK), say(READY), Hear][..], then].concat();
    let done = Act::Say([&message(b'C', b"SET\0")[..], READY].concat());
    let yes_to_all = vec![[done, Hear]; 12].concat();
    vec![
        ("statements: silence", logged_in(&[Hang]), NOT_IN_TIME, TIMED_OUT),
        ("statements: closed", logged_in(&[]), NOT_IN_TIME, BROKEN),
        ("statements: random bytes", logged_in(&[say(&[0x9b, 7, 0xff, 0, 1, 2, 3])]), REFUSED, PROTOCOL),
        ("statements: rows without end", logged_in(&[Flood(message(b'D', &[0, 0]))]), REFUSED, PROTOCOL),
        (
            "statements: another answer",
            logged_in(&[say(&[&message(b'G', &[0; 3])[..], READY].concat()), Hang]),
            REFUSED,
            PROTOCOL,
        ),
        (
            "statements: an error that forges lines",
            logged_in(&[error(b"SERROR\0C42501\0Ma\n2026-01-01T00:00:00Z INFO up\r\x1b[2J\0\0"), say(READY)]),
            REFUSED,
            "DB_USER has no right to it",
        ),
        ("statements: no row for any", logged_in(&yes_to_all), REFUSED, "DB_USER has no right to it"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_postgresql_ends_it_in_time_with_the_right_code() {
    let mut cases = Vec::new();
    let tables = [("disable", without_tls(), false), ("require", with_tls(), false)];
    for (mode, rows, creates) in tables.into_iter().chain([("disable", statements(), true)]) {
        for (name, script, code, says) in rows {
            let mut variables = vec![
                ("DB_HOST", "127.0.0.1".to_owned()),
                ("DB_PORT", serve(script).await.to_string()),
                ("DB_NAME", "app".to_owned()),
                ("DB_USER", "app".to_owned()),
                ("DB_PASSWORD", SECRET.to_owned()),
                ("DB_SSLMODE", mode.to_owned()),
            ];
            if creates {
                variables.push(("DB_APP_USER", "shop".to_owned()));
                variables.push(("DB_APP_PASSWORD", SECRET.to_owned()));
            }
            cases.push(Case { name, variables, root: None, code, says });
        }
    }
    hold(cases).await;
}
