//! An environment on the local AWS, asleep: everything that Terraform creates on AWS.

mod database;
mod function;
mod load_balancer;
mod service;
mod ticks;

pub use database::{DatabaseKind, ProbeKind};
pub use load_balancer::{LoadBalancer, forward_to};
pub use service::App;

use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use serde_json::{Value, json};

use crate::binaries::{Binaries, sample_app};
use crate::event_log::EventLog;
use crate::gate::{Gate, Status};
use crate::ministack::{self, Ministack, Settings};
use crate::pace::Pace;
use crate::postgres::{self, Postgres};

/// The name of the environment, its service and its function.
pub const NAME: &str = "demo";

#[derive(Debug, Clone)]
pub struct Options {
    pub settings: Settings,
    /// The function: a zip with an executable `bootstrap`.
    pub bootstrap: Vec<u8>,
    pub app: App,
    pub database: DatabaseKind,
    pub probe: ProbeKind,
    /// How long the database takes to resume, unless the settings' pace contains that.
    pub resume: Duration,
    /// The time without a connection after which the database pauses by itself.
    pub pause_after: Option<Duration>,
    pub hold_seconds: u32,
    /// Whether the events and answers of the waker's target group have multi-value headers.
    pub multi_value_headers: bool,
    /// Fields of the environment beyond the required ones, such as `idle_after_seconds`.
    pub environment: Value,
    /// Fields of its database beyond the required ones, such as `stop_when_idle`.
    pub database_fields: Value,
    /// Whether EventBridge Scheduler invokes the function each minute.
    pub ticks: bool,
    /// The AWS endpoint of the function, if not ministack itself.
    pub function_endpoint: Option<String>,
}

impl Options {
    /// The quickest environment with the shipped programs, and the sample app behind the entrypoint.
    pub fn sample() -> Result<Self> {
        let binaries = Binaries::build()?;
        let command = vec![sample_app()?.display().to_string()];
        let app = App::behind_entrypoint(&binaries.entrypoint, command, "DATABASE_URL=conninfo");
        Ok(Self::new(binaries.bootstrap_in_place()?, app))
    }

    /// The quickest environment with this function and this app.
    pub fn new(bootstrap: Vec<u8>, app: App) -> Self {
        Self {
            settings: Settings { health_check_seconds: Some(0.1), ..Settings::default() },
            bootstrap,
            app,
            database: DatabaseKind::Aurora,
            probe: ProbeKind::Connect,
            resume: Duration::ZERO,
            pause_after: None,
            hold_seconds: 25,
            multi_value_headers: false,
            environment: json!({}),
            database_fields: json!({}),
            ticks: false,
            function_endpoint: None,
        }
    }

    /// With this pace, and with health checks at its interval.
    #[must_use]
    pub fn at(mut self, pace: Pace) -> Self {
        self.settings.health_check_seconds = None;
        self.settings.pace = Some(pace);
        self
    }
}

/// Installs what an environment runs on, where it is missing. Blocks.
pub fn install() -> Result<()> {
    postgres::install()?;
    ministack::install()
}

/// A running environment. Dropping it ends everything in it.
#[derive(Debug)]
pub struct Stack {
    // In the order in which they have to end: each before the programs that it talks to.
    pub ministack: Ministack,
    pub gate: Gate,
    pub postgres: Postgres,
    pub load_balancer: LoadBalancer,
    sdk: SdkConfig,
}

impl Stack {
    pub async fn create(options: &Options, log: EventLog) -> Result<Self> {
        let server = postgres::Options::default();
        let (postgres, mut ministack) =
            tokio::try_join!(Postgres::start(&server), Ministack::start(&options.settings, log.clone()),)?;
        let gate = Gate::open(
            &crate::gate::Options {
                server: postgres.port(),
                resume: options.resume,
                pause_after: options.pause_after,
                status: Status::Paused,
            },
            log.clone(),
        )?;
        if let Some(resume) = options.settings.pace.as_ref().and_then(Pace::resume) {
            gate.resume_in(resume);
        }
        let sdk = ministack.sdk();
        let load_balancer = LoadBalancer::create(&sdk, options, &log).await?;
        ministack.change(&Settings { database_port: Some(gate.port()), ..Settings::default() }).await?;
        let secret = secret(&sdk).await?;
        let database = database::create(&sdk, options.database, &gate, &ministack).await?;
        service::create(&sdk, options, &load_balancer, &gate, &secret).await?;
        let probe = options.probe.config(&gate, &database, &secret);
        let config = waker_config(options, &load_balancer, probe);
        let endpoint = options.function_endpoint.as_deref().unwrap_or(ministack.endpoint());
        let function = function::create(&sdk, options, &config, endpoint, &load_balancer).await?;
        load_balancer.register_waker(&sdk, &function).await?;
        if options.ticks {
            ticks::create(&sdk, &function).await?;
        }
        Ok(Self { ministack, gate, postgres, load_balancer, sdk })
    }

    pub fn log(&self) -> &EventLog {
        self.ministack.log()
    }

    /// The visitors' URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.load_balancer.port)
    }

    pub fn ecs(&self) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::new(&self.sdk)
    }

    pub fn elb(&self) -> aws_sdk_elasticloadbalancingv2::Client {
        aws_sdk_elasticloadbalancingv2::Client::new(&self.sdk)
    }

    pub fn rds(&self) -> aws_sdk_rds::Client {
        aws_sdk_rds::Client::new(&self.sdk)
    }

    pub fn cloudwatch(&self) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.sdk)
    }

    pub fn scaling(&self) -> aws_sdk_applicationautoscaling::Client {
        aws_sdk_applicationautoscaling::Client::new(&self.sdk)
    }

    /// For a client of any other service.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.sdk)
    }

    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.sdk)
    }

    /// The service as `DescribeServices` returns it.
    pub async fn service(&self) -> Result<aws_sdk_ecs::types::Service> {
        service::describe(&self.ecs()).await
    }

    /// Invokes the function directly with this event, and returns its answer.
    pub async fn invoke(&self, payload: &Value) -> Result<Value> {
        function::invoke(&self.sdk, payload).await
    }

    /// One tick's report about the environment.
    pub async fn tick(&self) -> Result<Value> {
        let answer = self.invoke(&json!({ "reveille": "tick" })).await?;
        Ok(answer["environments"][0].clone())
    }

    pub async fn set_desired_count(&self, count: i32) -> Result<()> {
        self.ecs().update_service().cluster(NAME).service(NAME).desired_count(count).send().await?;
        Ok(())
    }
}

/// The database's password; returns its ARN.
async fn secret(sdk: &SdkConfig) -> Result<String> {
    let secrets = aws_sdk_secretsmanager::Client::new(sdk);
    let created = secrets.create_secret().name(NAME).secret_string(Postgres::PASSWORD).send().await?;
    created.arn.context("no secret")
}

fn waker_config(options: &Options, load_balancer: &LoadBalancer, probe: Option<Value>) -> Value {
    let mut database = json!({ "kind": options.database.name(), "identifier": NAME });
    if let Some(probe) = probe {
        database["probe"] = probe;
    }
    let environment = json!({
        "name": NAME,
        "route": {
            "rule_arn": load_balancer.route,
            "app_target_group_arn": load_balancer.app,
            "waker_target_group_arn": load_balancer.waker,
        },
        "services": [{
            "cluster": NAME, "service": NAME, "count": 1, "target_group_arn": load_balancer.app,
        }],
        "database": extended(database, &options.database_fields),
        "hold_seconds": options.hold_seconds,
    });
    json!({ "environments": [extended(environment, &options.environment)] })
}

/// An object with the fields of another one added.
fn extended(mut object: Value, fields: &Value) -> Value {
    if let (Some(object), Some(fields)) = (object.as_object_mut(), fields.as_object()) {
        object.extend(fields.clone());
    }
    object
}
