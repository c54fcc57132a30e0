//! The waker's configuration: a list of environments, read once, at start.
//!
//! It is JSON in `WAKER_CONFIG`, or in the file that `WAKER_CONFIG_FILE` names: all of a function's
//! environment variables together may hold 4 KB ([quota]), which is enough for a few environments only.
//!
//! ```text
//! source  -> text of the JSON        from the variable or the file
//! json    -> Value                   no key twice, which serde_json would accept
//! reader  -> fields, one by one      types, ranges, unknown fields
//! parse   -> drafts                  the structure, and the rules within one environment
//! rules   -> problems                the rules across services and environments
//! draft   -> Config                  services by index instead of name
//! ```
//!
//! Reading does not stop at the first mistake: [`ConfigError`] lists them all, each with its field and
//! the rule that it breaks.
//!
//! [quota]: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

mod cors;
mod draft;
mod error;
mod guard;
mod hold;
mod host;
mod json;
mod network;
mod parse;
mod pattern;
mod reader;
mod rules;
mod schedule;
mod sleep;
mod source;
mod theme;
mod token_digest;

use std::{fmt::Display, time::Duration};

pub use cors::Cors;
pub use error::{ConfigError, Problem};
pub use guard::{Guard, WakeBy};
pub use hold::Hold;
pub use host::HostPattern;
pub use network::Network;
pub use pattern::Pattern;
pub use schedule::Window;
pub use sleep::Sleep;
pub use theme::{Accent, Theme};
pub use token_digest::TokenDigest;

/// So that the suspended scaling of all services fits into one tag.
pub const MAX_SERVICES: usize = 32;

/// All environments of this waker; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    environments: Vec<Environment>,
}

impl Config {
    /// Reads the configuration from the function's environment variables. `check_page` returns what is
    /// wrong with an environment's own page template, which is only a text here.
    pub fn load<E: Display>(
        variable: impl Fn(&str) -> Option<String>,
        check_page: impl Fn(&Environment) -> Result<(), E>,
    ) -> Result<Self, ConfigError> {
        source::text(variable)?.parse(check_page)
    }

    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// The environment for `host` (a `Host` header's value): an exact name first, then the longest
    /// wildcard, then the only environment, if there is just one.
    pub fn environment_for(&self, host: Option<&str>) -> Option<&Environment> {
        let wanted = host.map(host::normalise).unwrap_or_default();
        let best = self
            .environments
            .iter()
            .filter_map(|environment| {
                let closest =
                    environment.hosts.iter().filter_map(|pattern| pattern.closeness(&wanted)).max()?;
                Some((closest, environment))
            })
            .max_by_key(|(closeness, _)| *closeness);
        match (best, self.environments.as_slice()) {
            (Some((_, environment)), _) => Some(environment),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

/// Services, database and route that wake and sleep together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub name: String,
    /// May be empty if there is only one environment.
    pub hosts: Vec<HostPattern>,
    pub route: Route,
    /// At least one, and at least one that is not optional.
    pub services: Vec<Service>,
    pub database: Option<Database>,
    /// How a client that is not a browser waits.
    pub hold: Hold,
    /// The load balancer closes a connection on which nothing passes for this time.
    pub idle_timeout: Duration,
    pub sleep: Sleep,
    /// Who may wake it.
    pub guard: Guard,
    /// How its pages look.
    pub theme: Theme,
    pub cors: Cors,
}

impl Environment {
    /// The indices of the services behind the route; at least one.
    pub fn app_services(&self) -> impl Iterator<Item = usize> {
        let app = &self.route.app_target_group_arn;
        let services = self.services.iter().enumerate();
        services
            .filter(move |(_, service)| service.target_group_arn.as_ref() == Some(app))
            .map(|(index, _)| index)
    }
}

/// The listener rule whose forward action names one of the two target groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub rule_arn: String,
    pub app_target_group_arn: String,
    pub waker_target_group_arn: String,
}

/// One ECS service of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Name or ARN.
    pub cluster: String,
    /// Name, unique within the environment.
    pub name: String,
    /// Tasks while awake; 1 to 5,000, ECS's own limit per service.
    pub count: u32,
    /// None: the service is ready when it runs its count.
    pub target_group_arn: Option<String>,
    /// Indices of the services that must be ready before this one is started.
    pub after: Vec<usize>,
    /// The environment is ready without it.
    pub optional: bool,
}

/// The database of the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    pub kind: DatabaseKind,
    pub identifier: String,
    /// None: only its RDS status is read, and the entrypoint waits for it.
    pub probe: Option<Probe>,
    /// Stopped while the environment sleeps, so that a wake takes minutes. Has no effect on an Aurora
    /// cluster that pauses by itself.
    pub stop_when_idle: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// An Aurora cluster: it may be paused, which its status does not show.
    Aurora,
    /// An RDS instance outside a cluster.
    Instance,
}

/// How to make the database resume and to check that it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// `PostgreSQL`'s startup message; the function must be in the VPC.
    Connect { host: String, port: u16 },
    /// The Data API, which needs no network path into the VPC.
    DataApi { resource_arn: String, secret_arn: String, database: Option<String> },
}

#[cfg(test)]
pub(crate) mod tests;
