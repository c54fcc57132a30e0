//! A request to AWS as it arrived.

use std::collections::BTreeMap;
use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write as _};

use axum::body::{Body, Bytes};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An HTTP request as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub method: String,
    /// With the query string, if there is one.
    pub path: String,
    /// By their names in lower case.
    pub headers: BTreeMap<String, String>,
    #[serde(with = "in_base64")]
    pub body: Bytes,
}

impl Request {
    pub(super) async fn read(request: axum::http::Request<Body>) -> io::Result<Self> {
        let (head, body) = request.into_parts();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        Ok(Self {
            method: head.method.to_string(),
            path: head.uri.to_string(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body: axum::body::to_bytes(body, usize::MAX).await.map_err(io::Error::other)?,
        })
    }

    /// Empty without the header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// By protocol: JSON names it in a header, Query in the body, REST and CBOR in the path.
    pub fn operation(&self) -> String {
        if let Some((_, operation)) = self.header("x-amz-target").rsplit_once('.') {
            return operation.to_owned();
        }
        if let Some(action) = self.form().remove("Action") {
            return action;
        }
        let path = self.path.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Null if the body is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The fields of a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// Adds it to the file that [`RECORD`] names, if it is set.
    pub(super) fn record(&self) -> io::Result<()> {
        let Some(file) = env::var_os(RECORD) else { return Ok(()) };
        let line = serde_json::to_string(self)? + "\n";
        let mut file = OpenOptions::new().create(true).append(true).open(file)?;
        // One write, because other tests add theirs at the same time.
        file.write_all(line.as_bytes())
    }
}

/// Names a file to which every request to an [`super::Endpoint`] is added as a line of JSON.
pub const RECORD: &str = "REVEILLE_RECORD_REQUESTS";

mod in_base64 {
    use axum::body::Bytes;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}
