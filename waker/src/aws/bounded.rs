//! An HTTP client that reads no answer beyond a length: the SDK itself reads each to its
//! end before it looks at it, and a function has little memory.

use std::mem;

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
        http_client_fn,
    },
    orchestrator::HttpRequest,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// The largest answers that are asked for are pages of `GetMetricData`: 100,800 values of
/// some 20 bytes each.
const LIMIT: usize = 4 << 20;

/// The same client with the limit. A longer answer is one that cannot be read.
pub(super) fn bounded(client: SharedHttpClient) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Bounded(client.http_connector(settings, components)))
    })
}

#[derive(Debug)]
struct Bounded(SharedHttpConnector);

impl HttpConnector for Bounded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async {
            let mut answer = answer.await?;
            let body = mem::replace(answer.body_mut(), SdkBody::taken());
            *answer.body_mut() = SdkBody::from_body_1_x(Limited::new(body, LIMIT));
            Ok(answer)
        })
    }
}
