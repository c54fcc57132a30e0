//! A minimal WebSocket client: RFC 6455 with short texts.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The time limit for one answer.
const LIMIT: Duration = Duration::from_mins(1);

/// The status of the answer to an upgrade of `/socket`, and the connection after it.
pub async fn upgrade(port: u64) -> Result<(String, TcpStream)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, u16::try_from(port)?)).await?;
    // Any sixteen bytes in base64.
    let request = "GET /socket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(LIMIT, stream.read_u8()).await??);
    }
    let head = String::from_utf8(head)?;
    Ok((head.split(' ').nth(1).context("no status")?.to_owned(), stream))
}

pub async fn open(port: u64) -> Result<TcpStream> {
    let (status, stream) = upgrade(port).await?;
    ensure!(status == "101", "the upgrade was answered with {status}");
    Ok(stream)
}

/// Sends a short text and waits for its echo: section 5.2, with a mask of zeros.
pub async fn say(socket: &mut TcpStream, text: &str) -> Result<()> {
    let length = u8::try_from(text.len())?;
    let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
    frame.extend_from_slice(text.as_bytes());
    socket.write_all(&frame).await?;
    let mut answer = vec![0; 2 + text.len()];
    timeout(LIMIT, socket.read_exact(&mut answer)).await??;
    ensure!(answer == [&[0x81, length], text.as_bytes()].concat(), "another text came back");
    Ok(())
}
