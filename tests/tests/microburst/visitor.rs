//! The answers to a visitor, with a browser and without.

use std::time::{Duration, Instant};

use reqwest::Response;
use reqwest::header::{ACCEPT, RETRY_AFTER};
use serde_json::Value;

use crate::microburst::environment::Environment;
use crate::microburst::{LIMIT, NOT_AUTHORIZED};

const PATH: &str = "/health";
/// Faster than the page itself, because answers come at once here.
const REFRESH: Duration = Duration::from_millis(100);

/// The last answer, after all redirects.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    content_type: String,
    retry_after: Option<String>,
    body: String,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let header = |name| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        let (content_type, retry_after) = (header("content-type"), header(RETRY_AFTER.as_str()));
        let status = response.status().as_u16();
        let body = response.text().await.unwrap();
        let told = [NOT_AUTHORIZED, "arn:aws", "Rate exceeded", "AccessDenied", "Throttling"];
        assert!(!told.iter().any(|text| body.contains(text)), "AWS's own words: {body}");
        Self { status, content_type: content_type.unwrap_or_default(), retry_after, body }
    }

    /// The app's answer.
    pub fn app(self) {
        assert_eq!((self.status, self.body.as_str()), (200, "up\n"), "{self:?}");
    }

    pub fn is_app(&self) -> bool {
        self.status == 200
    }

    /// A problem document's code.
    pub fn problem(&self) -> String {
        assert_eq!((self.status, self.content_type.as_str()), (503, "application/problem+json"), "{self:?}");
        assert!(self.retry_after.is_some(), "{self:?}");
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        problem["code"].as_str().unwrap().to_owned()
    }

    /// A page's text.
    pub fn page(&self) -> &str {
        assert_eq!(self.status, 503, "{self:?}");
        assert!(self.content_type.starts_with("text/html"), "{self:?}");
        assert!(self.retry_after.is_some(), "{self:?}");
        &self.body
    }
}

impl Environment {
    /// The answer to a program, which follows redirects and waits.
    pub async fn visit(&self) -> Answer {
        Answer::of(reqwest::get(format!("{}{PATH}", self.url())).await.unwrap()).await
    }

    /// The answer to a program, and the function's log in the meantime.
    pub async fn visit_logged(&self) -> (Answer, String) {
        let from = self.log().end();
        let answer = self.visit().await;
        let invoked = self.log().find(from, LIMIT, |event| event.name == "lambda_invoked");
        (answer, invoked.await.unwrap().0.text("log").to_owned())
    }

    /// The answer to a browser that opens a page.
    pub async fn open_page(&self) -> Answer {
        let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let request = reqwest::Client::new().get(format!("{}{PATH}", self.url())).header(ACCEPT, accept);
        Answer::of(request.send().await.unwrap()).await
    }

    /// The page that a browser reaches by refreshing, and how often it was a waiting page before.
    pub async fn open_page_until(&self, wanted: impl Fn(&Answer) -> bool) -> (usize, Answer) {
        let deadline = Instant::now() + LIMIT;
        for pages in 0.. {
            let answer = self.open_page().await;
            if wanted(&answer) {
                return (pages, answer);
            }
            answer.page();
            assert!(Instant::now() < deadline, "still {answer:?}");
            tokio::time::sleep(REFRESH).await;
        }
        unreachable!("the deadline comes first")
    }
}
