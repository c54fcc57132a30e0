//! An example applied by Terraform on the local AWS, and its database.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_config::SdkConfig;
use aws_sdk_lambda::primitives::Blob;
use reqwest::StatusCode;
use reveille_tests::binaries::Binaries;
use reveille_tests::event_log::{Event, EventLog};
use reveille_tests::gate::{self, Gate, Status};
use reveille_tests::ministack::{Ministack, Settings};
use reveille_tests::postgres::{self, Postgres};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::infra::LIMIT;

/// The name of the example, and therefore of its cluster, service and database.
pub const NAME: &str = "demo";

/// How long the paused database takes to resume.
const RESUME: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(200);

/// An empty local AWS, with a database that is not registered in it yet.
#[derive(Debug)]
pub struct Cloud {
    // In the order in which they have to end: each before the programs that it talks to.
    pub ministack: Ministack,
    pub gate: Gate,
    pub postgres: Postgres,
    pub sdk: SdkConfig,
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
        Ok(Self { sdk: ministack.sdk(), ministack, gate, postgres })
    }

    pub fn log(&self) -> &EventLog {
        self.ministack.log()
    }

    /// The variables of every example with services of its own: the shipped programs, the waker's
    /// AWS endpoint, and the shortest possible idle time.
    pub fn variables(&self) -> Result<Value> {
        Ok(json!({
            "region": "us-east-1",
            "name": NAME,
            "entrypoint": { "from": "image", "path": Binaries::build()?.entrypoint },
            "waker_variables": { "AWS_ENDPOINT_URL": self.ministack.endpoint() },
            "idle_after_seconds": 300,
            "throwaway": true,
        }))
    }

    /// The argument of the module `task` for the database of a module, by the address of the gate:
    /// RDS's names do not resolve.
    pub fn database(&self, module: &str) -> String {
        let (host, port) = (Postgres::HOST, self.gate.port());
        format!(
            r#"database = {{
    host       = "{host}"
    port       = {port}
    name       = {module}.name
    secret_arn = {module}.secret_arn
    sslmode    = "disable"
  }}"#
        )
    }

    /// Creates a secret, as the user of an example does beforehand; returns its ARN.
    pub async fn secret(&self, name: &str, text: &str) -> Result<String> {
        let secrets = aws_sdk_secretsmanager::Client::new(&self.sdk);
        let created = secrets.create_secret().name(name).secret_string(text).send().await?;
        created.arn.context("no secret")
    }

    /// Deletes a secret that the commands of a README have created.
    pub async fn forget_secret(&self, name: &str) -> Result<()> {
        let secrets = aws_sdk_secretsmanager::Client::new(&self.sdk);
        secrets.delete_secret().secret_id(name).force_delete_without_recovery(true).send().await?;
        Ok(())
    }

    /// The processor of the function, and of each service's task definition.
    pub async fn processors(&self, function: &str, services: &[(&str, &str)]) -> Result<BTreeSet<String>> {
        let lambda = aws_sdk_lambda::Client::new(&self.sdk);
        let function = lambda.get_function_configuration().function_name(function).send().await?;
        let of_lambda = function.architectures().iter().map(|one| one.as_str().to_uppercase());
        let mut processors: BTreeSet<_> = of_lambda.collect();
        let ecs = aws_sdk_ecs::Client::new(&self.sdk);
        for (cluster, service) in services {
            let described = ecs.describe_services().cluster(*cluster).services(*service).send().await?;
            let service = described.services().first().context("no service")?;
            let task = service.task_definition().context("no task definition")?;
            let described = ecs.describe_task_definition().task_definition(task).send().await?;
            let platform = described.task_definition().and_then(|task| task.runtime_platform());
            let processor = platform.and_then(|platform| platform.cpu_architecture());
            processors.insert(processor.context("a task without a processor")?.as_str().to_owned());
        }
        Ok(processors)
    }

    /// Makes the server that of RDS's cluster: with the master user, whose password RDS has
    /// generated and keeps in a secret, and the database.
    pub async fn fill_cluster(&self, identifier: &str) -> Result<()> {
        let described = aws_sdk_rds::Client::new(&self.sdk)
            .describe_db_clusters()
            .db_cluster_identifier(identifier)
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
        self.fill_database(user, password, cluster.database_name().context("no database")?).await
    }

    /// The same with a given password.
    pub async fn fill_database(&self, user: &str, password: &str, database: &str) -> Result<()> {
        let password = password.replace('\'', "''");
        self.postgres.execute(&format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'")).await?;
        self.postgres.execute(&format!("CREATE DATABASE {database} OWNER {user}")).await
    }

    /// The URL of the load balancer with this port, without a slash at its end.
    pub async fn url(&self, port: i32) -> Result<String> {
        let arn = self.listener(port).await?;
        let opened = |event: &Event| event.name == "listener_open" && event.text("listener") == arn;
        let (open, _) = self.log().find(0, LIMIT, opened).await?;
        Ok(format!("http://127.0.0.1:{}", open.fields["port"]))
    }

    /// Priority and target group of each rule of the load balancer's port, without the default one.
    pub async fn rules(&self, port: i32) -> Result<Vec<(String, String)>> {
        let elb = aws_sdk_elasticloadbalancingv2::Client::new(&self.sdk);
        let described = elb.describe_rules().listener_arn(self.listener(port).await?).send().await?;
        let rules = described.rules().iter().filter(|rule| rule.is_default() != Some(true));
        let rules = rules.map(|rule| {
            let target = rule.actions().first().and_then(|action| action.target_group_arn());
            (rule.priority().unwrap_or_default().to_owned(), target.unwrap_or_default().to_owned())
        });
        let mut rules: Vec<_> = rules.collect();
        rules.sort();
        Ok(rules)
    }

    async fn listener(&self, port: i32) -> Result<String> {
        let elb = aws_sdk_elasticloadbalancingv2::Client::new(&self.sdk);
        let load_balancers = elb.describe_load_balancers().send().await?;
        let arn = load_balancers.load_balancers().first().and_then(|found| found.load_balancer_arn());
        let listeners =
            elb.describe_listeners().load_balancer_arn(arn.context("no load balancer")?).send().await?;
        let mut listeners = listeners.listeners().iter();
        let listener = listeners.find(|listener| listener.port() == Some(port)).context("no listener")?;
        Ok(listener.listener_arn().context("no ARN")?.to_owned())
    }

    /// The app's answer to a client that comes back when told to.
    pub async fn visit(&self) -> Result<String> {
        let url = self.url(80).await?;
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

    /// The route's target.
    pub async fn leads(&self, route: &str) -> Result<&'static str> {
        let rules = aws_sdk_elasticloadbalancingv2::Client::new(&self.sdk)
            .describe_rules()
            .rule_arns(route)
            .send()
            .await?;
        let action = rules.rules().first().and_then(|rule| rule.actions().first());
        let target = action.and_then(|action| action.target_group_arn()).context("no target group")?;
        Ok(if target.contains("-waker-") { "waker" } else { "app" })
    }

    /// Gives the one service a scalable target, from one task to two.
    pub async fn let_scale(&self) -> Result<()> {
        use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
        aws_sdk_applicationautoscaling::Client::new(&self.sdk)
            .register_scalable_target()
            .service_namespace(ServiceNamespace::Ecs)
            .resource_id(format!("service/{NAME}/{NAME}"))
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .min_capacity(1)
            .max_capacity(2)
            .send()
            .await?;
        Ok(())
    }

    /// The desired and running counts of a service.
    pub async fn tasks(&self, cluster: &str, service: &str) -> Result<(i32, i32)> {
        let ecs = aws_sdk_ecs::Client::new(&self.sdk);
        let services = ecs.describe_services().cluster(cluster).services(service).send().await?;
        let service = services.services().first().context("no service")?;
        Ok((service.desired_count(), service.running_count()))
    }

    /// The route's target, and the desired and running counts of the only service.
    pub async fn route_and_counts(&self, route: &str) -> Result<(&'static str, i32, i32)> {
        let (wanted, running) = self.tasks(NAME, NAME).await?;
        Ok((self.leads(route).await?, wanted, running))
    }

    /// The function's answer to an operator's command.
    pub async fn ask(&self, function: &str, command: &Value) -> Result<Value> {
        let invoked = aws_sdk_lambda::Client::new(&self.sdk)
            .invoke()
            .function_name(function)
            .payload(Blob::new(command.to_string()))
            .send()
            .await?;
        let answer = invoked.payload().map(Blob::as_ref).unwrap_or_default();
        ensure!(invoked.function_error().is_none(), "{}", String::from_utf8_lossy(answer));
        serde_json::from_slice(answer).context("the function's answer is not JSON")
    }

    /// Speeds up all clocks sixty times, so that the shortest possible idle time is over after five
    /// seconds; or slows them down to AWS's speed again.
    pub async fn hurry(&mut self, hurry: bool) -> Result<()> {
        let speed = Some(if hurry { 60.0 } else { 1.0 });
        let settings = Settings { metrics_speed: speed, scheduler_speed: speed, ..Settings::default() };
        self.ministack.change(&settings).await
    }

    /// Waits for an event after a place in the log.
    pub async fn until(&self, from: usize, wanted: impl Fn(&Event) -> bool) -> Result<usize> {
        self.log().find(from, LIMIT, wanted).await.map(|(_, place)| place)
    }
}
