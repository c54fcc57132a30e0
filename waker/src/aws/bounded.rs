//! An HTTP client with a limit on the length of an answer: the SDK reads each answer to its end before
//! it parses it, and the function has little memory.

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

/// The largest expected answers are pages of `GetMetricData`: 100,800 values of about 20 bytes.
const LIMIT: usize = 4 << 20;

/// The same client with the limit. Reading a longer answer fails.
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
