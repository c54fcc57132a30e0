//! A TCP server that follows a script, independently of what its client sends.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

#[derive(Debug, Clone)]
pub enum Act {
    /// Waits for bytes of the client.
    Hear,
    Say(Vec<u8>),
    /// Sends it repeatedly.
    Flood(Vec<u8>),
    /// Sends it repeatedly, a byte at a time.
    Trickle(Vec<u8>),
    /// Reads the first message of a SCRAM login, and answers it: `{nonce}` stands for the client's.
    Scram(&'static str),
    Hang,
}

const TRICKLE: Duration = Duration::from_millis(20);

pub fn say(bytes: &[u8]) -> Act {
    Act::Say(bytes.to_vec())
}

/// Follows the script on each connection, and then closes it. Returns its port.
pub async fn serve(script: Vec<Act>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let script = script.clone();
            // Ends when the client disconnects.
            tokio::spawn(async move { follow(stream, &script).await.unwrap_or_default() });
        }
    });
    port
}

async fn follow(mut stream: TcpStream, script: &[Act]) -> std::io::Result<()> {
    let mut heard = vec![0; 64 * 1024];
    for act in script {
        match act {
            Act::Hear => {
                let _ = stream.read(&mut heard).await?;
            }
            Act::Say(bytes) => stream.write_all(bytes).await?,
            Act::Flood(bytes) => {
                let many = bytes.repeat(1 + 16 * 1024 / bytes.len());
                loop {
                    stream.write_all(&many).await?;
                }
            }
            Act::Trickle(bytes) => {
                for byte in bytes.iter().cycle() {
                    stream.write_all(&[*byte]).await?;
                    sleep(TRICKLE).await;
                }
            }
            Act::Scram(answer) => {
                let length = stream.read(&mut heard).await?;
                let text = String::from_utf8_lossy(&heard[..length]).into_owned();
                let nonce = text.split_once(",r=").unwrap_or_default().1;
                stream.write_all(&sasl(11, &answer.replace("{nonce}", nonce))).await?;
            }
            Act::Hang => std::future::pending().await,
        }
    }
    stream.shutdown().await
}

/// PostgreSQL's `AuthenticationSASL...` of this kind.
pub fn sasl(kind: u32, text: &str) -> Vec<u8> {
    message(b'R', &[&kind.to_be_bytes(), text.as_bytes()].concat())
}

/// A message of PostgreSQL with its length.
pub fn message(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 4).unwrap();
    [&[tag][..], &length.to_be_bytes(), content].concat()
}
