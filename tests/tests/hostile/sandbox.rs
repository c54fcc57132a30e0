//! The shipped waker, as Lambda runs it.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reveille_tests::endpoint::runtime_api::{Outcome, RuntimeApi};
use reveille_tests::measure::memory;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::hostile::account::Account;
use crate::hostile::environments::{GUARDED, TOKEN, config, host};

/// Long enough for anything on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);
/// In the variables that Lambda sets for a function, so that its log could contain it.
pub const ACCESS_KEY: &str = "access-key-of-the-role";
const SESSION_TOKEN: &str = "session-token-of-the-role";

/// Dropping it ends the process.
#[derive(Debug)]
pub struct Sandbox {
    pub account: Account,
    pub runtime: RuntimeApi,
    process: Child,
    log: NamedTempFile,
}

impl Sandbox {
    pub async fn start(program: &Path, log_level: &str) -> Self {
        let (account, runtime) = (Account::new(), RuntimeApi::start(LIMIT).await.unwrap());
        let log = NamedTempFile::new().unwrap();
        let write = || Stdio::from(File::options().append(true).open(log.path()).unwrap());
        let process = Command::new(program)
            .env_clear()
            .envs(runtime.variables())
            .env("AWS_LAMBDA_LOG_LEVEL", log_level)
            .env("AWS_SECRET_ACCESS_KEY", ACCESS_KEY)
            .env("AWS_SESSION_TOKEN", SESSION_TOKEN)
            .env("AWS_ENDPOINT_URL", account.serve().await)
            .env("WAKER_CONFIG", config().to_string())
            .stdin(Stdio::null())
            .stdout(write())
            .stderr(write())
            .spawn()
            .unwrap();
        Self { account, runtime, process, log }
    }

    /// A cookie that this waker has signed for the right token.
    pub async fn cookie(&mut self) -> String {
        let event = json!({
            "requestContext": { "elb": { "targetGroupArn": "arn" } },
            "httpMethod": "GET", "path": "/", "body": "", "isBase64Encoded": false,
            "headers": { "host": host(GUARDED), "accept": "text/html" },
            "queryStringParameters": { "reveille_token": TOKEN },
        });
        let answer = self.runtime.invoke(event.to_string(), Duration::from_secs(20)).await;
        let Ok((Outcome::Response(bytes), _)) = answer else { panic!("{answer:?}") };
        let answer: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let cookie = answer["headers"]["set-cookie"].as_str().unwrap_or_else(|| panic!("{answer}"));
        cookie_value(cookie).to_owned()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.log.path()).unwrap()
    }

    /// Its peak memory. Panics if it has ended.
    pub fn peak_kib(&mut self) -> u64 {
        assert_eq!(self.process.try_wait().unwrap(), None, "the process has ended:\n{}", self.log());
        memory::peak_kib(self.process.id()).unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Of a `Set-Cookie`.
pub fn cookie_value(set_cookie: &str) -> &str {
    let pair = set_cookie.split(';').next().unwrap_or_default();
    pair.split_once('=').unwrap_or_default().1
}
