//! A small pass-through proxy, like the activator of designs that stay in the request path while
//! the app is awake. It only copies bytes; a real activator also inspects them and costs more.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Returns its port on loopback.
pub async fn start(app: SocketAddr) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                // If one side closes, the connection just ends.
                if let Ok(mut server) = TcpStream::connect(app).await {
                    let _ = client.set_nodelay(true).and(server.set_nodelay(true));
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                }
            });
        }
    });
    port
}
