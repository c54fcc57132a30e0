//! Answers in the formats of AWS's protocols, and those that AWS does not give.

use std::{future, io};

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use serde_json::{Value, json};

/// The answer to one request; the number is its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// JSON 1.1 and REST JSON.
    Json(u16, String),
    /// Query.
    Xml(u16, String),
    /// RPC v2.
    Cbor(u16, Vec<u8>),
    /// The connection ends without an answer.
    Reset,
    /// A success whose body never ends.
    Endless,
    /// The connection stays open, and there is no answer.
    Silence,
}

impl Answer {
    pub fn json(body: &Value) -> Self {
        Self::Json(200, body.to_string())
    }

    /// An error of this code, in JSON.
    pub fn json_error(status: u16, code: &str, message: &str) -> Self {
        Self::Json(status, json!({ "__type": code, "message": message }).to_string())
    }

    /// A success of this operation, in XML.
    pub fn xml(operation: &str, result: &str) -> Self {
        let text = format!(
            "<{operation}Response><{operation}Result>{result}</{operation}Result><ResponseMetadata>\
             <RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
        );
        Self::Xml(200, text)
    }

    /// An error of this code, in XML.
    pub fn xml_error(code: &str, message: &str) -> Self {
        let text = format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        );
        Self::Xml(400, text)
    }

    pub(super) async fn send(self) -> io::Result<Response> {
        const JSON: &str = "application/x-amz-json-1.1";
        let (status, media_type, body) = match self {
            Self::Json(status, body) => (status, JSON, body.into()),
            Self::Xml(status, body) => (status, "text/xml", body.into()),
            Self::Cbor(status, body) => (status, "application/cbor", body.into()),
            Self::Endless => (200, JSON, endless()),
            Self::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
            Self::Silence => return future::pending().await,
        };
        let response = Response::builder().status(status).header(CONTENT_TYPE, media_type);
        let mut response = response.body(body).map_err(io::Error::other)?;
        if media_type == "application/cbor" {
            response.headers_mut().insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
        }
        Ok(response)
    }
}

fn endless() -> Body {
    let part = || Ok::<_, io::Error>(Bytes::from_static(&[b' '; 16_384]));
    Body::from_stream(futures_util::stream::repeat_with(part))
}
