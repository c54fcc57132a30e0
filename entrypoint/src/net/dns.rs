//! One DNS query in the manner of the C library: each server in turn, over UDP, and over TCP if the
//! response does not fit. Source: resolver(3), and RFC 1035, 4.2.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use domain::base::iana::{Rcode, Rtype};
use domain::base::{Message, MessageBuilder, Name};
use domain::rdata::{A, Aaaa};
use futures_util::future::{Either, select};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// More than RFC 1035 allows over UDP to a client that does not offer a larger size.
const DATAGRAM: usize = 1500;

/// How long the second address family may take after the first has answered: some name servers and
/// firewalls never answer for AAAA. RFC 8305, 3, recommends 50 ms; on an IPv6-only network the
/// second may be the needed one, so it gets more.
const GRACE: Duration = Duration::from_millis(500);

/// Which servers to query, and how often.
#[derive(Clone, Debug)]
pub(super) struct Servers {
    pub(super) addresses: Vec<SocketAddr>,
    /// The time limit for one server's response.
    pub(super) limit: Duration,
    /// How often all of them are queried.
    pub(super) rounds: u32,
}

/// No server gave a usable response.
#[derive(Debug, Error)]
pub(crate) enum DnsError {
    #[error("the name server {0} cannot be asked: {1}")]
    Io(SocketAddr, io::Error),
    #[error("the name server {0} answers {1}")]
    Rcode(SocketAddr, Rcode),
    #[error("the name server {0} answers what cannot be read")]
    Unreadable(SocketAddr),
    #[error("there is no name server")]
    NoServer,
}

impl Servers {
    /// The name's addresses of both families; none if the name does not exist.
    pub(super) async fn addresses(&self, name: &Name<Vec<u8>>) -> Result<Vec<IpAddr>, DnsError> {
        let v4 = pin!(self.ask(name, Rtype::A));
        let v6 = pin!(self.ask(name, Rtype::AAAA));
        let (v4, v6) = match select(v4, v6).await {
            Either::Left((v4, v6)) => {
                let v6 = other_kind(&v4, v6).await;
                (v4, v6)
            }
            Either::Right((v6, v4)) => {
                let v4 = other_kind(&v6, v4).await;
                (v4, v6)
            }
        };
        match (v4, v6) {
            (Ok(v4), Ok(v6)) => Ok([v4.into_addresses(), v6.into_addresses()].concat()),
            (Ok(Answer::Addresses(found)), Err(_)) | (Err(_), Ok(Answer::Addresses(found))) => Ok(found),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    async fn ask(&self, name: &Name<Vec<u8>>, kind: Rtype) -> Result<Answer, DnsError> {
        let mut failure = DnsError::NoServer;
        for _ in 0..self.rounds {
            for &server in &self.addresses {
                match timeout(self.limit, ask(server, name, kind)).await {
                    Ok(Ok(answer)) => return Ok(answer),
                    Ok(Err(error)) => failure = error,
                    Err(_) => failure = DnsError::Io(server, io::ErrorKind::TimedOut.into()),
                }
            }
        }
        Err(failure)
    }
}

/// A name server's response about one address family.
#[derive(Debug)]
enum Answer {
    /// At least one.
    Addresses(Vec<IpAddr>),
    /// None of this family; there may be some of the other.
    NoneOfThisKind,
    /// The name does not exist, and so has no records of any type (RFC 8020).
    NoSuchName,
}

impl Answer {
    fn into_addresses(self) -> Vec<IpAddr> {
        match self {
            Self::Addresses(addresses) => addresses,
            Self::NoneOfThisKind | Self::NoSuchName => Vec::new(),
        }
    }
}

/// The response about the other family. If the first response alone is usable, it may take at most
/// [`GRACE`].
async fn other_kind(
    first: &Result<Answer, DnsError>,
    other: impl Future<Output = Result<Answer, DnsError>>,
) -> Result<Answer, DnsError> {
    match first {
        Ok(Answer::Addresses(_) | Answer::NoSuchName) => {
            timeout(GRACE, other).await.unwrap_or(Ok(Answer::NoneOfThisKind))
        }
        Ok(Answer::NoneOfThisKind) | Err(_) => other.await,
    }
}

async fn ask(server: SocketAddr, name: &Name<Vec<u8>>, kind: Rtype) -> Result<Answer, DnsError> {
    let question = question(name, kind);
    let failed = |error| DnsError::Io(server, error);
    let mut answer = over_udp(server, &question).await.map_err(failed)?;
    if answer.header().tc() {
        answer = over_tcp(server, &question).await.map_err(failed)?;
    }
    match answer.header().rcode() {
        Rcode::NOERROR => match read(&answer) {
            None => Err(DnsError::Unreadable(server)),
            Some(found) if found.is_empty() => Ok(Answer::NoneOfThisKind),
            Some(found) => Ok(Answer::Addresses(found)),
        },
        Rcode::NXDOMAIN => Ok(Answer::NoSuchName),
        other => Err(DnsError::Rcode(server, other)),
    }
}

fn question(name: &Name<Vec<u8>>, kind: Rtype) -> Message<Vec<u8>> {
    let mut message = MessageBuilder::new_vec();
    message.header_mut().set_random_id();
    message.header_mut().set_rd(true);
    let mut message = message.question();
    message.push((name, kind)).expect("a vector has room for one question");
    message.into_message()
}

/// The addresses of the queried name, or of the name that it is an alias of.
fn read(answer: &Message<Vec<u8>>) -> Option<Vec<IpAddr>> {
    let name = answer.canonical_name()?;
    let mut found = Vec::new();
    for record in answer.answer().ok()?.limit_to::<A>() {
        let record = record.ok()?;
        if *record.owner() == name {
            found.push(record.data().addr().into());
        }
    }
    for record in answer.answer().ok()?.limit_to::<Aaaa>() {
        let record = record.ok()?;
        if *record.owner() == name {
            found.push(record.data().addr().into());
        }
    }
    Some(found)
}

async fn over_udp(server: SocketAddr, question: &Message<Vec<u8>>) -> io::Result<Message<Vec<u8>>> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(server).await?;
    socket.send(question.as_slice()).await?;
    loop {
        let mut datagram = vec![0; DATAGRAM];
        let length = socket.recv(&mut datagram).await?;
        datagram.truncate(length);
        // A response that does not match this query may be a forger's guess: the real one can still
        // come.
        if let Ok(answer) = Message::from_octets(datagram)
            && answer.is_answer(question)
        {
            return Ok(answer);
        }
    }
}

async fn over_tcp(server: SocketAddr, question: &Message<Vec<u8>>) -> io::Result<Message<Vec<u8>>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.as_slice().len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), question.as_slice()].concat()).await?;
    let mut answer = vec![0; stream.read_u16().await?.into()];
    stream.read_exact(&mut answer).await?;
    let answer = Message::from_octets(answer).map_err(io::Error::other)?;
    if answer.is_answer(question) { Ok(answer) } else { Err(io::ErrorKind::InvalidData.into()) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use domain::base::ToName;
    use domain::rdata::Cname;
    use std::sync::{Arc, Mutex};
    use tokio::net::TcpListener;

    /// A name server with a few records, each `NAME` and one of `A ADDRESS`, `AAAA ADDRESS`, `CNAME
    /// NAME`, `NXDOMAIN`, `SERVFAIL`, `FORGED` for a first response with another id, and `SILENT
    /// KIND` for no response to queries of that type.
    pub(in super::super) struct Server {
        port: u16,
        asked: Arc<Mutex<Vec<String>>>,
    }

    type Records = Arc<Vec<(String, String)>>;

    impl Server {
        pub(in super::super) async fn start(records: &[(&str, &str)]) -> Self {
            let records = records.iter().map(|(name, record)| (format!("{name}."), (*record).to_owned()));
            let records: Records = Arc::new(records.collect());
            let asked = Arc::new(Mutex::new(Vec::new()));
            let (udp, tcp) = loop {
                let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
                if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                    break (udp, tcp);
                }
            };
            let port = udp.local_addr().unwrap().port();
            tokio::spawn(serve_tcp(tcp, records.clone()));
            tokio::spawn(serve_udp(udp, records, asked.clone()));
            Self { port, asked }
        }

        pub(in super::super) fn port(&self) -> u16 {
            self.port
        }

        /// The names queried over UDP, without the final dot.
        pub(in super::super) fn asked(&self) -> Vec<String> {
            self.asked.lock().unwrap().clone()
        }
    }

    async fn serve_udp(socket: UdpSocket, records: Records, asked: Arc<Mutex<Vec<String>>>) {
        loop {
            let mut datagram = vec![0; DATAGRAM];
            let (length, client) = socket.recv_from(&mut datagram).await.unwrap();
            datagram.truncate(length);
            let question = Message::from_octets(datagram).unwrap();
            let name = question.sole_question().unwrap().qname().to_string();
            asked.lock().unwrap().push(name.clone());
            let kind = question.sole_question().unwrap().qtype();
            if records.contains(&(format!("{name}."), format!("SILENT {kind}"))) {
                continue;
            }
            if records.contains(&(format!("{name}."), "FORGED".into())) {
                let mut forged = answer(&question, &records);
                let id = !forged.header().id();
                forged.header_mut().set_id(id);
                socket.send_to(forged.as_slice(), client).await.unwrap();
            }
            let mut answer = answer(&question, &records);
            if answer.as_slice().len() > 512 {
                answer = MessageBuilder::new_vec()
                    .start_answer(&question, Rcode::NOERROR)
                    .map(|mut message| {
                        message.header_mut().set_tc(true);
                        message.into_message()
                    })
                    .unwrap();
            }
            socket.send_to(answer.as_slice(), client).await.unwrap();
        }
    }

    async fn serve_tcp(listener: TcpListener, records: Records) {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = vec![0; stream.read_u16().await.unwrap().into()];
            stream.read_exact(&mut question).await.unwrap();
            let answer = answer(&Message::from_octets(question).unwrap(), &records);
            stream.write_u16(answer.as_slice().len().try_into().unwrap()).await.unwrap();
            stream.write_all(answer.as_slice()).await.unwrap();
        }
    }

    fn answer(question: &Message<Vec<u8>>, records: &Records) -> Message<Vec<u8>> {
        let asked = question.sole_question().unwrap();
        let mut name: Name<Vec<u8>> = asked.qname().to_name();
        let of = |name: &Name<Vec<u8>>| {
            let name = format!("{name}.");
            records.iter().filter(move |(owner, _)| *owner == name).map(|(_, record)| record.clone())
        };
        let rcode = match of(&name).next().as_deref() {
            None | Some("NXDOMAIN") => Rcode::NXDOMAIN,
            Some("SERVFAIL") => Rcode::SERVFAIL,
            Some(_) => Rcode::NOERROR,
        };
        let mut message = MessageBuilder::new_vec().start_answer(question, rcode).unwrap();
        while let Some(target) = of(&name).find_map(|record| Some(record.strip_prefix("CNAME ")?.to_owned()))
        {
            let target: Name<Vec<u8>> = target.parse().unwrap();
            message.push((&name, 60, Cname::new(&target))).unwrap();
            name = target;
        }
        for record in of(&name) {
            match record.split_once(' ') {
                Some(("A", address)) if asked.qtype() == Rtype::A => {
                    message.push((&name, 60, A::new(address.parse().unwrap()))).unwrap();
                }
                Some(("AAAA", address)) if asked.qtype() == Rtype::AAAA => {
                    message.push((&name, 60, Aaaa::new(address.parse().unwrap()))).unwrap();
                }
                _ => {}
            }
        }
        message.into_message()
    }
}
