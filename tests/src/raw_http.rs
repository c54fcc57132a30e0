//! Requests that no client library sends unchanged.

use std::io::Write;
use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An unparsed answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    pub body: String,
}

impl Answer {
    /// A header's value, if there is exactly one of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self
            .head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter_map(|(have, value)| have.eq_ignore_ascii_case(name).then_some(value));
        let value = named.next();
        if named.next().is_some() { None } else { value }
    }
}

/// Sends a GET with exactly these bytes as its target, to a port on loopback.
pub async fn get(port: u64, target: &str, headers: &[(&str, &str)]) -> Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, u16::try_from(port)?)).await?;
    let mut request = Vec::new();
    write!(request, "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n")?;
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n")?;
    }
    write!(request, "\r\n")?;
    stream.write_all(&request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no end of the headers")?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}
