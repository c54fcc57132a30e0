//! The binary in an otherwise empty image: no C library, no shell, no certificates, no NSS.

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use aws_sdk_secretsmanager::Client;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reveille_tests::binaries::entrypoint;
use reveille_tests::event_log::EventLog;
use reveille_tests::ministack::{Ministack, Settings};
use reveille_tests::postgres::Postgres;
use reveille_tests::tools::skip;
use tempfile::TempDir;

use crate::entrypoint::image;
use crate::entrypoint::run::{MARK, Run};
use crate::entrypoint::tls::{self, server};

/// A name server that resolves every name to 127.0.0.1; None without the permission for its port.
async fn name_server() -> Option<Ipv4Addr> {
    let (socket, address) = image::name_server(83).await?;
    tokio::spawn(async move {
        let mut question = [0; 512];
        loop {
            let (length, client) = socket.recv_from(&mut question).await.unwrap();
            // RFC 1035, 4.1: the header's flags and counts, the question, and for type A an answer
            // that points back to its name.
            let is_a = question[..length].ends_with(&[0, 1, 0, 1]);
            let mut answer = question[..length].to_vec();
            answer[2..8].copy_from_slice(&[0x81, 0x80, 0, 1, 0, is_a.into()]);
            if is_a {
                answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
            }
            socket.send_to(&answer, client).await.unwrap();
        }
    });
    Some(address)
}

/// A root folder with the entrypoint, a static app, the authority's certificate, and the two
/// files of name resolution.
fn image(authority: &Path, hosts: &str, name_server: Ipv4Addr) -> TempDir {
    let image = image::image(hosts, &format!("nameserver {name_server}\n"));
    let root = image.path();
    fs::copy(authority, root.join("ca.pem")).unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/entrypoint/child.c");
    let compiled = Command::new("cc").args(["-static", "-o"]).arg(root.join("app")).arg(source).status();
    assert!(compiled.unwrap().success());
    image
}

#[tokio::test(flavor = "multi_thread")]
async fn it_does_all_its_work_in_an_empty_image_and_leaves_pid_1_to_the_app() {
    const TEST: &str =
        "entrypoint::empty_image::it_does_all_its_work_in_an_empty_image_and_leaves_pid_1_to_the_app";
    if !tls::available(TEST) {
        return;
    }
    let Some(name_server) = name_server().await else {
        skip(TEST, "port 53", "run it as root");
        return;
    };
    let settings = Settings::default();
    let (server, ministack) = tokio::join!(server(), Ministack::start(&settings, EventLog::default()));
    let ministack = ministack.unwrap();
    let password = format!("{MARK}'s");
    server.postgres.execute(&format!("CREATE ROLE app LOGIN PASSWORD '{MARK}''s'")).await.unwrap();
    let login = format!(r#"{{"username":"app","password":"{password}"}}"#);
    let client = Client::new(&ministack.sdk());
    client.create_secret().name("login").secret_string(login).send().await.unwrap();

    let image = tokio::task::block_in_place(|| image(&server.right, "127.0.0.1 localhost\n", name_server));
    let root = format!("--root={}", image.path().display());
    let wrapper = ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child", &root, "/entrypoint"];
    let mut running = Run::program(&wrapper)
        .env("AWS_ENDPOINT_URL", ministack.endpoint().replace("127.0.0.1", "aws.test"))
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("DB_SECRET", "login")
        .env("DB_HOST", "localhost")
        .env("DB_PORT", server.postgres.port().to_string())
        .env("DB_NAME", Postgres::DATABASE)
        .env("DB_SSLMODE", "verify-full")
        .env("DB_SSLROOTCERT", "/ca.pem")
        .env("ENTRYPOINT_EXPORT", "DSN=conninfo")
        .start(&["--", "/app"]);
    running.log("up dependency=").await;
    running.log("pid 1").await;
    let unshare = running.pid();
    let children = fs::read_to_string(format!("/proc/{unshare}/task/{unshare}/children")).unwrap();
    kill(Pid::from_raw(children.trim().parse().unwrap()), Signal::SIGTERM).unwrap();
    let output = running.end().await.success();
    let (dsn, end) = output.split_once('\n').unwrap();
    assert_eq!(end, "ended by SIGTERM\n");
    let dsn: tokio_postgres::Config =
        dsn.replace("sslmode='verify-full' sslrootcert='/ca.pem'", "").parse().unwrap();
    assert_eq!((dsn.get_user(), dsn.get_password()), (Some("app"), Some(password.as_bytes())));
}

#[test]
fn it_is_at_most_5_mb() {
    let size = entrypoint().unwrap().metadata().unwrap().len();
    assert!(size <= 5_000_000, "{size} bytes");
}
