//! A root folder for the entrypoint: an image with nothing else, and its name server.

use std::fs;
use std::io::ErrorKind;
use std::net::Ipv4Addr;

use reveille_tests::binaries::entrypoint;
use tempfile::TempDir;
use tokio::net::UdpSocket;

/// With the entrypoint, and the two files of name resolution. Blocks.
pub fn image(hosts: &str, resolv_conf: &str) -> TempDir {
    let image = tempfile::tempdir().unwrap();
    let root = image.path();
    fs::create_dir(root.join("etc")).unwrap();
    fs::write(root.join("etc/hosts"), hosts).unwrap();
    fs::write(root.join("etc/resolv.conf"), resolv_conf).unwrap();
    fs::copy(entrypoint().unwrap(), root.join("entrypoint")).unwrap();
    image
}

/// Port 53, the fixed one of DNS, on a loopback address of this process and this number. None
/// without the permission for that port, which root has.
pub async fn name_server(number: u8) -> Option<(UdpSocket, Ipv4Addr)> {
    let [.., high, low] = std::process::id().to_be_bytes();
    let address = Ipv4Addr::new(127, number, high, low | 1);
    match UdpSocket::bind((address, 53)).await {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => None,
        socket => Some((socket.unwrap(), address)),
    }
}
