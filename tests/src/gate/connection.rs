//! One client: its first message, the wait, and then only bytes in both directions.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::state::{State, Status};

/// PostgreSQL's own limit on a startup packet, in bytes.
const LONGEST_STARTUP: usize = 10_000;

pub(super) async fn serve(client: TcpStream, state: Arc<State>) {
    tokio::select! {
        result = pass(client, &state) => {
            if let Err(error) = result {
                state.record("database_connection_failed", [("error", error.to_string().into())]);
            }
        }
        // All open connections are broken.
        () = lost(&state) => {}
    }
}

/// Ends when the database pauses or stops.
async fn lost(state: &State) {
    state.until(|status| status == Status::Up).await;
    state.until(|status| status != Status::Up).await;
}

async fn pass(mut client: TcpStream, state: &Arc<State>) -> io::Result<()> {
    // A connection alone resumes nothing: that takes the first message of the protocol.
    let Some(startup) = read_startup(&mut client).await? else { return Ok(()) };
    let _open = state.touch();
    state.until(|status| matches!(status, Status::Up | Status::Stopped)).await;
    if state.status() == Status::Stopped {
        return Ok(());
    }
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, state.server)).await?;
    server.write_all(&startup).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// A startup packet (or a request for encryption, which comes before it): its length in four bytes,
/// themselves included, and the rest. None if the client disconnects first.
///
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
async fn read_startup(client: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let length = match client.read_u32().await {
        Ok(length) => length,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let size = usize::try_from(length).unwrap_or(usize::MAX);
    if !(8..=LONGEST_STARTUP).contains(&size) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not PostgreSQL's protocol"));
    }
    let mut packet = length.to_be_bytes().to_vec();
    packet.resize(size, 0);
    client.read_exact(&mut packet[4..]).await?;
    Ok(Some(packet))
}
