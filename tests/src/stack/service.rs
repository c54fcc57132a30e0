//! The ECS service: no task yet; each task runs the entrypoint in front of an app.

use std::path::Path;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_ecs::Client;
use aws_sdk_ecs::types::{
    Compatibility, ContainerDefinition, KeyValuePair, LaunchType, LoadBalancer as Registration, NetworkMode,
    PortMapping, Secret, Service,
};

use super::{LoadBalancer, NAME, Options};
use crate::gate::Gate;
use crate::postgres::Postgres;

/// What runs in a task.
#[derive(Debug, Clone)]
pub struct App {
    /// The container's `entryPoint`; empty when the command is a program itself.
    pub entry_point: Vec<String>,
    pub command: Vec<String>,
    pub port: u16,
    /// The path of its health check.
    pub health: String,
    /// Environment variables beyond `DB_*` and `PORT`.
    pub environment: Vec<(String, String)>,
    /// `stopTimeout`, in seconds; a pace's own value takes precedence.
    pub stop_timeout: i32,
    /// `healthCheckGracePeriodSeconds` of the service.
    pub grace: i32,
    /// `workingDirectory`; None: a temporary one.
    pub working_directory: Option<String>,
}

impl App {
    /// A command behind the entrypoint, which passes it the connection string in the variables and
    /// forms of `export`, `VARIABLE=FORM`.
    pub fn behind_entrypoint(entrypoint: &Path, command: Vec<String>, export: &str) -> Self {
        Self {
            entry_point: vec![entrypoint.display().to_string(), "--".into()],
            command,
            port: 8080,
            health: "/health".into(),
            environment: vec![("ENTRYPOINT_EXPORT".into(), export.into())],
            stop_timeout: 5,
            grace: 60,
            working_directory: None,
        }
    }
}

pub(super) async fn create(
    sdk: &SdkConfig,
    options: &Options,
    load_balancer: &LoadBalancer,
    gate: &Gate,
    password: &str,
) -> Result<()> {
    let app = &options.app;
    let pace = options.settings.pace.as_ref();
    // Without a value in the definition, the pace's applies.
    let stop_timeout = if pace.and_then(|pace| pace.distribution("stop_timeout")).is_some() {
        None
    } else {
        Some(app.stop_timeout)
    };
    let ecs = Client::new(sdk);
    ecs.create_cluster().cluster_name(NAME).send().await?;
    let definition = ecs
        .register_task_definition()
        .family(NAME)
        .requires_compatibilities(Compatibility::Fargate)
        .network_mode(NetworkMode::Awsvpc)
        .cpu("256")
        .memory("512")
        .container_definitions(container(app, password, gate, stop_timeout))
        .send()
        .await?;
    let definition = definition.task_definition().and_then(|definition| definition.task_definition_arn());
    ecs.create_service()
        .cluster(NAME)
        .service_name(NAME)
        .task_definition(definition.context("no task definition")?)
        .launch_type(LaunchType::Fargate)
        .desired_count(0)
        .health_check_grace_period_seconds(app.grace)
        .load_balancers(
            Registration::builder()
                .target_group_arn(&load_balancer.app)
                .container_name(NAME)
                .container_port(app.port.into())
                .build(),
        )
        .send()
        .await?;
    Ok(())
}

pub(super) async fn describe(ecs: &Client) -> Result<Service> {
    let mut described = ecs.describe_services().cluster(NAME).services(NAME).send().await?;
    described.services.take().and_then(|mut services| services.pop()).context("no service")
}

fn container(app: &App, password: &str, gate: &Gate, stop_timeout: Option<i32>) -> ContainerDefinition {
    let database = [
        ("DB_HOST", Postgres::HOST.to_owned()),
        ("DB_PORT", gate.port().to_string()),
        ("DB_NAME", Postgres::DATABASE.to_owned()),
        ("DB_USER", Postgres::USER.to_owned()),
        ("DB_SSLMODE", "disable".to_owned()),
        ("PORT", app.port.to_string()),
    ];
    let variables = database
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(app.environment.iter().cloned())
        .map(|(name, value)| KeyValuePair::builder().name(name).value(value).build());
    ContainerDefinition::builder()
        .name(NAME)
        .image(NAME)
        .essential(true)
        .set_entry_point((!app.entry_point.is_empty()).then(|| app.entry_point.clone()))
        .set_command(Some(app.command.clone()))
        .set_environment(Some(variables.collect()))
        .set_secrets(
            Secret::builder()
                .name("DB_PASSWORD")
                .value_from(password)
                .build()
                .ok()
                .map(|secret| vec![secret]),
        )
        .port_mappings(PortMapping::builder().container_port(app.port.into()).build())
        .set_stop_timeout(stop_timeout)
        .set_working_directory(app.working_directory.clone())
        .build()
}
