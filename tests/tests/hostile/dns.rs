//! Name servers that lie, loop or never answer.

use std::net::Ipv4Addr;

use reveille_tests::tools::skip;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::entrypoint::image::{image, name_server};
use crate::hostile::entrypoint::{Case, NOT_IN_TIME, RAN, hold};

/// The queried name, as in a DNS question.
const HOST: &str = "db.test";
const NAME: &[u8] = b"\x02db\x04test\0";
/// A pointer back to the question's name (RFC 1035, 4.1.4).
const POINTER: [u8; 2] = [0xc0, 12];

const A: u16 = 1;
const CNAME: u16 = 5;

/// The server's reaction to a query.
#[derive(Debug, Clone)]
struct Lie {
    /// Each is a datagram; the query's id is inserted unless `forged`.
    datagrams: Vec<Vec<u8>>,
    forged: bool,
    /// Its response over TCP, after the length; None: the port is closed.
    tcp: Option<Vec<u8>>,
}

impl Lie {
    fn say(datagram: Vec<u8>) -> Self {
        Self { datagrams: vec![datagram], forged: false, tcp: None }
    }
}

/// A message that answers the query, followed by so many records.
fn answer(flags: u16, records: u16, rest: &[u8]) -> Vec<u8> {
    let mut message = vec![0, 0];
    for field in [flags, 1, records, 0, 0] {
        message.extend(field.to_be_bytes());
    }
    // The query's type is inserted.
    [&message[..], NAME, &[0, 1, 0, 1], rest].concat()
}

fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [owner, &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length.to_be_bytes(), data].concat()
}

const FOUND: u16 = 0x8180;
const CUT: u16 = 0x8380;

fn lies() -> Vec<(&'static str, Lie, i32, &'static str)> {
    let here = record(&POINTER, A, &[127, 0, 0, 1]);
    let to_itself = [record(&POINTER, CNAME, NAME)].concat();
    let other = b"\x01a\x04test\0";
    let loops = [record(NAME, CNAME, other), record(other, CNAME, NAME)].concat();
    let own_pointer = [0xc0, u8::try_from(12 + NAME.len() + 4).unwrap()];
    let dead = here.repeat(4_000);
    let cut = |tcp: Option<Vec<u8>>| Lie { tcp, ..Lie::say(answer(CUT, 0, &[])) };
    let unresolved = "its name does not resolve";
    // The time-out of the name server, or that of the attempt, which is as long.
    let in_vain = "did not come up within 3 s";
    vec![
        ("the truth", Lie::say(answer(FOUND, 1, &here)), RAN, "up"),
        (
            "500 forged ids",
            Lie { datagrams: vec![answer(FOUND, 1, &here); 500], forged: true, tcp: None },
            NOT_IN_TIME,
            in_vain,
        ),
        ("silence", Lie { datagrams: vec![], forged: false, tcp: None }, NOT_IN_TIME, in_vain),
        ("nothing", Lie::say(vec![]), NOT_IN_TIME, in_vain),
        ("only an id", Lie::say(vec![0, 0]), NOT_IN_TIME, in_vain),
        ("a question", Lie::say(answer(0x0100, 0, &[])), NOT_IN_TIME, in_vain),
        ("a failure", Lie::say(answer(0x8182, 0, &[])), NOT_IN_TIME, "SERVFAIL"),
        ("no such name", Lie::say(answer(0x8183, 0, &[])), NOT_IN_TIME, "there is no such name"),
        (
            "a name that points to itself",
            Lie::say(answer(FOUND, 1, &record(&own_pointer, A, &[127, 0, 0, 1]))),
            NOT_IN_TIME,
            unresolved,
        ),
        (
            "a pointer out of the message",
            Lie::say(answer(FOUND, 1, &record(&[0xff, 0xff], A, &[127, 0, 0, 1]))),
            NOT_IN_TIME,
            unresolved,
        ),
        ("an alias of itself", Lie::say(answer(FOUND, 1, &to_itself)), NOT_IN_TIME, unresolved),
        ("aliases in a circle", Lie::say(answer(FOUND, 2, &loops)), NOT_IN_TIME, unresolved),
        (
            "another name's address",
            Lie::say(answer(FOUND, 1, &record(other, A, &[127, 0, 0, 1]))),
            NOT_IN_TIME,
            unresolved,
        ),
        (
            "an address of three bytes",
            Lie::say(answer(FOUND, 1, &record(&POINTER, A, &[127, 0, 0]))),
            NOT_IN_TIME,
            unresolved,
        ),
        (
            "65,535 records that are not there",
            Lie::say(answer(FOUND, u16::MAX, &[])),
            NOT_IN_TIME,
            unresolved,
        ),
        (
            "a datagram of 60 KB",
            Lie::say([answer(FOUND, 4_000, &dead), vec![0; 1]].concat()),
            NOT_IN_TIME,
            unresolved,
        ),
        ("cut, and TCP is closed", cut(None), NOT_IN_TIME, unresolved),
        ("cut, and closed", cut(Some(vec![])), NOT_IN_TIME, unresolved),
        ("cut, and garbage", cut(Some(vec![0xff; 600])), NOT_IN_TIME, unresolved),
        (
            "cut, and less than its length",
            cut(Some([&[0xff, 0xff][..], &[0; 100]].concat())),
            NOT_IN_TIME,
            unresolved,
        ),
    ]
}

/// Serves it on an address of its own; None without the permission for a name server's port.
async fn serve(number: usize, lie: Lie) -> Option<Ipv4Addr> {
    let (socket, address) = name_server(u8::try_from(100 + number).unwrap()).await?;
    if let Some(tcp) = lie.tcp.clone() {
        let listener = TcpListener::bind((address, 53)).await.unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                // Ends when the client disconnects.
                let _ = stream.read(&mut [0; 512]).await;
                let _ = stream.write_all(&tcp).await;
            }
        });
    }
    tokio::spawn(async move {
        let mut question = [0; 512];
        loop {
            let (length, client) = socket.recv_from(&mut question).await.unwrap();
            let kind = &question[length - 4..length];
            for (index, datagram) in lie.datagrams.iter().enumerate() {
                let mut datagram = datagram.clone();
                if let Some(id) = datagram.get_mut(..2) {
                    id.copy_from_slice(&question[..2]);
                    let wrong = u16::try_from(index + 1).unwrap().to_be_bytes();
                    if lie.forged {
                        id.iter_mut().zip(wrong).for_each(|(id, wrong)| *id ^= wrong);
                    }
                }
                let place = 12 + NAME.len();
                if let Some(asked) = datagram.get_mut(place..place + 4) {
                    asked.copy_from_slice(kind);
                }
                // A datagram that is too long for the network is lost.
                let _ = socket.send_to(&datagram, client).await;
            }
        }
    });
    Some(address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_name_server_ends_it_in_time_with_the_right_code() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut cases = Vec::new();
    for (number, (name, lie, code, says)) in lies().into_iter().enumerate() {
        let Some(name_server) = serve(number, lie).await else {
            return skip(
                "a_hostile_name_server_ends_it_in_time_with_the_right_code",
                "port 53",
                "run it as root",
            );
        };
        let resolv_conf = format!("nameserver {name_server}\noptions timeout:1 attempts:1\n");
        let root = Some(tokio::task::block_in_place(|| image("", &resolv_conf)));
        let variables = vec![("ENTRYPOINT_WAIT", format!("tcp://{HOST}:{port}"))];
        cases.push(Case { name, variables, root, code, says });
    }
    hold(cases).await;
}
