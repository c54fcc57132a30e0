//! The connect probe against servers with every possible answer.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use waker::aws::Aws;
use waker::config::Environment;
use waker::environment::cloud::{Cloud as _, Step};
use waker::environment::snapshot::{DatabaseAnswer, Scope};

use crate::tcp_script::message;
use crate::wire::{awake, aws, environment};

/// `AuthenticationMD5Password`.
const PASSWORD_WANTED: &[u8] = b"R\0\0\0\x0c\0\0\0\x05salt";

fn error(code: &str) -> Vec<u8> {
    message(b'E', format!("SFATAL\0VFATAL\0C{code}\0Mm\0\0").as_bytes())
}

fn probing(port: u16) -> Environment {
    let probe = json!({"connect": {"host": "127.0.0.1", "port": port}});
    environment(&json!({"kind": "aurora", "identifier": "db", "probe": probe}))
}

async fn answer(cloud: &Aws, environment: &Environment) -> DatabaseAnswer {
    let partial = cloud.observe(environment, Scope::RUNNING).await.unwrap();
    partial.running.unwrap().database.unwrap().answer
}

/// A protocol 3.0 startup message: its length, the version, parameters.
async fn startup(stream: &mut TcpStream) {
    let mut head = [0; 8];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[4..], [0, 3, 0, 0]);
    let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    stream.read_exact(&mut vec![0; length - 8]).await.unwrap();
}

#[tokio::test]
async fn any_answer_but_starting_up_means_that_it_is_up() {
    for (bytes, expected) in [
        (PASSWORD_WANTED.to_vec(), DatabaseAnswer::Up),
        (error("28000"), DatabaseAnswer::Up),
        (error("28P01"), DatabaseAnswer::Up),
        (error("53300"), DatabaseAnswer::Up),
        (error("57P03"), DatabaseAnswer::Unknown),
        (Vec::new(), DatabaseAnswer::Unknown),
    ] {
        let endpoint = awake().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let environment = probing(listener.local_addr().unwrap().port());
        let cloud = aws(&endpoint).await;
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            startup(&mut stream).await;
            stream.write_all(&bytes).await.unwrap();
        };
        let (applied, ()) = tokio::join!(cloud.apply(&environment, Step::TouchDatabase), server);
        applied.unwrap();
        assert_eq!(answer(&cloud, &environment).await, expected, "{bytes:?}");
    }
}

#[tokio::test]
async fn a_resuming_database_is_touched_once_and_awaited() {
    let endpoint = awake().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let environment = probing(listener.local_addr().unwrap().port());
    let cloud = aws(&endpoint).await;
    assert_eq!(answer(&cloud, &environment).await, DatabaseAnswer::Unknown, "looking touches nothing");

    let (resume, resumed) = oneshot::channel();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        startup(&mut stream).await;
        resumed.await.unwrap();
        stream.write_all(PASSWORD_WANTED).await.unwrap();
        timeout(Duration::from_millis(50), listener.accept()).await.is_err()
    });
    cloud.apply(&environment, Step::TouchDatabase).await.unwrap();
    assert_eq!(answer(&cloud, &environment).await, DatabaseAnswer::Awaited);
    cloud.apply(&environment, Step::TouchDatabase).await.unwrap();
    assert_eq!(answer(&cloud, &environment).await, DatabaseAnswer::Awaited);
    resume.send(()).unwrap();
    let only_once = server.await.unwrap();
    assert!(only_once, "a second attempt was made");
    assert_eq!(answer(&cloud, &environment).await, DatabaseAnswer::Up);
}

#[tokio::test]
async fn a_closed_port_can_be_tried_again() {
    let endpoint = awake().await;
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let (cloud, environment) = (aws(&endpoint).await, probing(port));
    cloud.apply(&environment, Step::TouchDatabase).await.unwrap();
    assert_eq!(answer(&cloud, &environment).await, DatabaseAnswer::Unknown);
}
