//! A number of clients, each of which sends its next request as soon as it has an answer.

use std::time::Instant;

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};
use reveille_tests::measure::samples::Samples;

const CLIENTS: u32 = 4;
const REQUESTS_OF_EACH: u32 = 200;

/// Returns the requests per second, and the latencies.
pub async fn run(client: &Client, url: &str) -> (f64, Samples) {
    let begun = Instant::now();
    let asking = (0..CLIENTS).map(async |_| {
        let mut latencies = Samples::new();
        for _ in 0..REQUESTS_OF_EACH {
            let asked = Instant::now();
            let answer = client.get(format!("{url}/page")).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            answer.bytes().await.unwrap();
            latencies.push_time(asked.elapsed());
        }
        latencies
    });
    let of_each = join_all(asking).await;
    let rate = f64::from(CLIENTS * REQUESTS_OF_EACH) / begun.elapsed().as_secs_f64();
    let mut latencies = Samples::new();
    for of_one in of_each {
        latencies.extend(of_one);
    }
    (rate, latencies)
}
