//! An example that Terraform has made on the local AWS, and its database.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_config::SdkConfig;
use aws_sdk_lambda::primitives::Blob;
use reqwest::StatusCode;
use reveille_tests::binaries::{Binaries, sample_app};
use reveille_tests::event_log::{Event, EventLog};
use reveille_tests::gate::{self, Gate, Status};
use reveille_tests::ministack::{Ministack, Settings};
use reveille_tests::postgres::{self, Postgres};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::LIMIT;

/// Of the example, and therefore of its cluster, service and database.
pub const NAME: &str = "demo";

/// How long the paused database takes to resume.
const RESUME: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(200);

/// An empty local AWS, with a database that nothing in it knows of yet.
#[derive(Debug)]
pub struct Cloud {
    // In the order in which they are to end: nothing outlives what it talks to.
    pub ministack: Ministack,
    pub gate: Gate,
    pub postgres: Postgres,
    pub sdk: SdkConfig,
    package: TempDir,
}

impl Cloud {
    pub async fn start() -> Result<Self> {
        let log = EventLog::default();
        let postgres = Postgres::start(&postgres::Options::default()).await?;
        let gate = Gate::open(
            &gate::Options {
                server: postgres.port(),
                resume: RESUME,
                pause_after: None,
                status: Status::Paused,
            },
            log.clone(),
        )?;
        let settings = Settings {
            health_check_seconds: Some(0.1),
            database_port: Some(gate.port()),
            ..Settings::default()
        };
        let ministack = Ministack::start(&settings, log).await?;
        let package = tempfile::Builder::new().prefix("waker-").tempdir()?;
        std::fs::write(package.path().join("bootstrap.zip"), Binaries::build()?.bootstrap()?)?;
        Ok(Self { sdk: ministack.sdk(), ministack, gate, postgres, package })
    }

    pub fn log(&self) -> &EventLog {
        self.ministack.log()
    }

    /// What every example is given here: the shipped programs, and where they find AWS and, as
    /// RDS's names lead nowhere, the database.
    pub fn variables(&self) -> Result<Value> {
        let endpoint = self.ministack.endpoint();
        Ok(json!({
            "region": "us-east-1",
            "name": NAME,
            "image": "sample-app",
            "command": [sample_app()?],
            "entrypoint": {
                "from": "image",
                "path": Binaries::build()?.entrypoint,
                "export": { "DATABASE_URL": "conninfo" },
            },
            "environment": {
                "AWS_ENDPOINT_URL": endpoint,
                // On AWS these are the task role's.
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "DB_HOST": Postgres::HOST,
                "DB_PORT": self.gate.port().to_string(),
                "DB_SSLMODE": "disable",
            },
            "waker_zip": self.package.path().join("bootstrap.zip"),
            "waker_variables": { "AWS_ENDPOINT_URL": endpoint },
            "architecture": "x86_64",
            "idle_after_seconds": 300,
        }))
    }

    /// Makes the server the one that RDS speaks of: with the master user, whose password RDS has
    /// made up and keeps in a secret, and the database.
    pub async fn fill_database(&self) -> Result<()> {
        let described = aws_sdk_rds::Client::new(&self.sdk)
            .describe_db_clusters()
            .db_cluster_identifier(NAME)
            .send()
            .await?;
        let cluster = described.db_clusters().first().context("no cluster")?;
        let secret = cluster.master_user_secret().and_then(|secret| secret.secret_arn());
        let secret = aws_sdk_secretsmanager::Client::new(&self.sdk)
            .get_secret_value()
            .secret_id(secret.context("no managed secret")?)
            .send()
            .await?;
        let login: Value = serde_json::from_str(secret.secret_string().context("an empty secret")?)?;
        let (user, password) = (login["username"].as_str(), login["password"].as_str());
        let (user, password) = (user.context("no user")?, password.context("no password")?);
        let password = password.replace('\'', "''");
        self.postgres.execute(&format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'")).await?;
        let database = cluster.database_name().context("no database")?;
        self.postgres.execute(&format!("CREATE DATABASE {database} OWNER {user}")).await
    }

    /// Where the one listener answers, without a slash at its end.
    pub async fn url(&self) -> Result<String> {
        let open = self.log().wait_for("listener_open", LIMIT).await?;
        Ok(format!("http://127.0.0.1:{}", open.fields["port"]))
    }

    /// The app's answer to somebody who comes back when told to.
    pub async fn visit(&self) -> Result<String> {
        let url = self.url().await?;
        let deadline = Instant::now() + LIMIT;
        loop {
            let answer = reqwest::get(&url).await?;
            let (status, text) = (answer.status(), answer.text().await?);
            if status == StatusCode::OK {
                return Ok(text);
            }
            let seen = self.log().all();
            let lines: Vec<_> = seen.iter().filter(|event| event.name == "task_output").collect();
            ensure!(
                Instant::now() < deadline,
                "the last answer was {status}: {text}; the task said {lines:#?}"
            );
            sleep(POLL).await;
        }
    }

    /// Where the route leads, and how many tasks are wanted and running.
    pub async fn standing(&self, route: &str) -> Result<(&'static str, i32, i32)> {
        let rules = aws_sdk_elasticloadbalancingv2::Client::new(&self.sdk)
            .describe_rules()
            .rule_arns(route)
            .send()
            .await?;
        let action = rules.rules().first().and_then(|rule| rule.actions().first());
        let target = action.and_then(|action| action.target_group_arn()).context("no target group")?;
        let leads = if target.contains("-waker-") { "waker" } else { "app" };
        let services = aws_sdk_ecs::Client::new(&self.sdk)
            .describe_services()
            .cluster(NAME)
            .services(NAME)
            .send()
            .await?;
        let service = services.services().first().context("no service")?;
        Ok((leads, service.desired_count(), service.running_count()))
    }

    /// What the function answers to a command, as an operator gives it.
    pub async fn ask(&self, function: &str, command: &str) -> Result<Value> {
        let payload = json!({ "reveille": command }).to_string();
        let invoked = aws_sdk_lambda::Client::new(&self.sdk)
            .invoke()
            .function_name(function)
            .payload(Blob::new(payload))
            .send()
            .await?;
        let answer = invoked.payload().map(Blob::as_ref).unwrap_or_default();
        ensure!(invoked.function_error().is_none(), "{}", String::from_utf8_lossy(answer));
        serde_json::from_slice(answer).context("the function's answer is not JSON")
    }

    /// Makes sixty times as quick whatever counts time, so that the shortest idle time that can be
    /// set is over after five seconds; or makes it as slow as on AWS again.
    pub async fn hurry(&mut self, hurry: bool) -> Result<()> {
        let speed = Some(if hurry { 60.0 } else { 1.0 });
        let settings = Settings { metrics_speed: speed, scheduler_speed: speed, ..Settings::default() };
        self.ministack.change(&settings).await
    }

    /// From now on the waker may do what its role's policy says and nothing else; or anything.
    pub async fn enforce_policies(&mut self, enforced: bool) -> Result<()> {
        let settings = Settings { policies_enforced: Some(enforced), ..Settings::default() };
        self.ministack.change(&settings).await
    }

    /// Waits for something that happens after a place in the log.
    pub async fn until(&self, from: usize, wanted: impl Fn(&Event) -> bool) -> Result<usize> {
        self.log().find(from, LIMIT, wanted).await.map(|(_, place)| place)
    }
}
