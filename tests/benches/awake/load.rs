//! So many clients that each ask again as soon as they are answered.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};

const CLIENTS: usize = 4;
const REQUESTS_OF_EACH: usize = 200;

pub struct Slice {
    pub requests_per_second: f64,
    pub latencies: Vec<Duration>,
}

#[expect(clippy::cast_precision_loss, reason = "there are not that many requests")]
pub async fn run(client: &Client, url: &str) -> Slice {
    let begun = Instant::now();
    let asking = (0..CLIENTS).map(async |_| {
        let mut latencies = Vec::with_capacity(REQUESTS_OF_EACH);
        for _ in 0..REQUESTS_OF_EACH {
            let asked = Instant::now();
            let answer = client.get(format!("{url}/page")).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            answer.bytes().await.unwrap();
            latencies.push(asked.elapsed());
        }
        latencies
    });
    let latencies = join_all(asking).await.concat();
    Slice { requests_per_second: latencies.len() as f64 / begun.elapsed().as_secs_f64(), latencies }
}
