//! An HTTP endpoint that answers AWS calls by a script, operation by operation.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    env,
    fs::OpenOptions,
    io::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Names a file to which every request is added as a line of JSON. `tests/tests/aws_models` checks
/// them against AWS's service models.
const RECORD: &str = "REVEILLE_RECORD_REQUESTS";

/// The answer to one operation.
#[derive(Clone, Debug)]
pub enum Answer {
    Json(u16, String),
    Xml(u16, String),
    Cbor(u16, Vec<u8>),
    /// The connection ends without an answer.
    Reset,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub operation: String,
    pub body: String,
}

pub struct Endpoint {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Given in order; the last one is repeated.
    answers: HashMap<String, VecDeque<Answer>>,
    calls: Vec<Call>,
}

impl Endpoint {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state }
    }

    pub fn answer(&self, operation: &str, answer: Answer) {
        self.answers(operation, [answer]);
    }

    /// In order; the last one is repeated.
    pub fn answers(&self, operation: &str, answers: impl IntoIterator<Item = Answer>) {
        let answers = answers.into_iter().collect();
        self.state.lock().unwrap().answers.insert(operation.to_owned(), answers);
    }

    pub fn all_calls(&self) -> usize {
        self.state.lock().unwrap().calls.len()
    }

    pub fn calls(&self, operation: &str) -> Vec<Call> {
        let state = self.state.lock().unwrap();
        state.calls.iter().filter(|call| call.operation == operation).cloned().collect()
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut received = Vec::new();
    while let Some((head, body)) = request(&mut stream, &mut received).await {
        record(&head, &body);
        let body = String::from_utf8_lossy(&body).into_owned();
        let operation = operation(&head, &body);
        let answer = {
            let mut state = state.lock().unwrap();
            state.calls.push(Call { operation: operation.clone(), body });
            state.answers.get_mut(&operation).and_then(|answers| match answers.len() {
                0 | 1 => answers.front().cloned(),
                _ => answers.pop_front(),
            })
        };
        let missing = || Answer::Json(500, format!(r#"{{"message":"no answer for {operation}"}}"#));
        let (status, media_type, body) = match answer.unwrap_or_else(missing) {
            Answer::Json(status, body) => (status, "application/x-amz-json-1.1", body.into_bytes()),
            Answer::Xml(status, body) => (status, "text/xml", body.into_bytes()),
            Answer::Cbor(status, body) => (status, "application/cbor\r\nsmithy-protocol: rpc-v2-cbor", body),
            Answer::Reset => return,
        };
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} X\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n");
        if stream.write_all(&[head.as_bytes(), &body].concat()).await.is_err() {
            return;
        }
    }
}

/// The next request's head and body; None at the end of the connection.
async fn request(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let length = header(&head, "content-length").map_or(0, |value| value.parse().unwrap());
            let whole = end + 4 + length;
            if received.len() >= whole {
                let body = received[end + 4..whole].to_vec();
                received.drain(..whole);
                return Some((head, body));
            }
        }
        if stream.read_buf(received).await.ok()? == 0 {
            return None;
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Adds a request to the file that [`RECORD`] names, if it is set.
fn record(head: &str, body: &[u8]) {
    let Some(file) = env::var_os(RECORD) else { return };
    let mut start = head.split_whitespace();
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let line = json!({
        "method": start.next(),
        "path": start.next(),
        "headers": fields.map(|(name, value)| (name.to_lowercase(), value.trim())).collect::<BTreeMap<_, _>>(),
        "body": BASE64_STANDARD.encode(body),
    });
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    // One write, because other tests add theirs at the same time.
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// By protocol: JSON names it in a header, Query in the body, REST and CBOR in the path.
fn operation(head: &str, body: &str) -> String {
    if let Some(target) = header(head, "x-amz-target") {
        return target.rsplit('.').next().unwrap().to_owned();
    }
    if let Some(action) = body.split('&').find_map(|pair| pair.strip_prefix("Action=")) {
        return action.to_owned();
    }
    head.split_whitespace().nth(1).unwrap().rsplit('/').next().unwrap().to_owned()
}
