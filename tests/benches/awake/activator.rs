//! A small pass-through proxy: it stands for designs whose activator stays in the path when the
//! app is awake. It copies bytes and looks at none, so that a real one costs more.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Gives back its port on loopback.
pub async fn start(app: SocketAddr) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                // A side that hangs up ends the connection, and that is all.
                if let Ok(mut server) = TcpStream::connect(app).await {
                    let _ = client.set_nodelay(true).and(server.set_nodelay(true));
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                }
            });
        }
    });
    port
}
