//! Why an environment does not wake, as far as a visitor may know it.
//!
//! Nothing here carries text from AWS or `PostgreSQL`: that is in the log. A visitor gets one of these
//! sentences and its code.

use super::fault::FaultKind;

/// Why ECS cannot start a service's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartFailure {
    ImageNotPulled,
    SecretDenied,
    ResourcesNotInitialised,
    ContainerNotStarted,
    OutOfMemory,
    ContainerExits,
    /// ECS stops the tasks because they fail their health checks.
    Unhealthy,
    NoCapacity,
    /// ECS's circuit breaker has given up the last deployment, and starts no task until there is a new
    /// one.
    DeploymentFailed,
    /// Another reason; see the log.
    Other,
}

impl StartFailure {
    pub const ALL: [Self; 10] = [
        Self::ImageNotPulled,
        Self::SecretDenied,
        Self::ResourcesNotInitialised,
        Self::ContainerNotStarted,
        Self::OutOfMemory,
        Self::ContainerExits,
        Self::Unhealthy,
        Self::NoCapacity,
        Self::DeploymentFailed,
        Self::Other,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::ImageNotPulled => "image_not_pulled",
            Self::SecretDenied => "secret_denied",
            Self::ResourcesNotInitialised => "resources_not_initialised",
            Self::ContainerNotStarted => "container_not_started",
            Self::OutOfMemory => "out_of_memory",
            Self::ContainerExits => "container_exits",
            Self::Unhealthy => "unhealthy",
            Self::NoCapacity => "no_capacity",
            Self::DeploymentFailed => "deployment_failed",
            Self::Other => "start_failed",
        }
    }

    /// Whether ECS itself does not retry.
    pub fn is_final(self) -> bool {
        match self {
            Self::DeploymentFailed => true,
            Self::ImageNotPulled
            | Self::SecretDenied
            | Self::ResourcesNotInitialised
            | Self::ContainerNotStarted
            | Self::OutOfMemory
            | Self::ContainerExits
            | Self::Unhealthy
            | Self::NoCapacity
            | Self::Other => false,
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }
}

/// Why the app does not answer a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// A service that the environment needs cannot start its tasks.
    Start(StartFailure),
    /// The database is in a state that it does not leave by itself.
    DatabaseUnusable,
    /// The listener rule forwards to neither the app nor the waker.
    RouteElsewhere,
    /// A call to AWS failed.
    Fault(FaultKind),
}

impl Failure {
    /// A stable identifier for programs, in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Start(failure) => failure.code(),
            Self::DatabaseUnusable => "database_unusable",
            Self::RouteElsewhere => "route_elsewhere",
            Self::Fault(kind) => kind.code(),
        }
    }

    /// One sentence for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Start(StartFailure::ImageNotPulled) => {
                "The application's container image cannot be pulled."
            }
            Self::Start(StartFailure::SecretDenied) => {
                "A secret that the application needs cannot be read when its container is created."
            }
            Self::Start(StartFailure::ResourcesNotInitialised) => {
                "The resources that the application's container needs cannot be set up."
            }
            Self::Start(StartFailure::ContainerNotStarted) => {
                "The application's container cannot be started."
            }
            Self::Start(StartFailure::OutOfMemory) => {
                "The application runs out of memory right after its start."
            }
            Self::Start(StartFailure::ContainerExits) => {
                "The application's container stops right after its start."
            }
            Self::Start(StartFailure::Unhealthy) => "The application does not pass its health check.",
            Self::Start(StartFailure::NoCapacity) => {
                "There is no capacity to run the application at the moment."
            }
            Self::Start(StartFailure::DeploymentFailed) => {
                "The application's last deployment failed. It takes a new one."
            }
            Self::Start(StartFailure::Other) => "The application cannot be started.",
            Self::DatabaseUnusable => "The database is in a state in which it cannot be started.",
            Self::RouteElsewhere => "This address is routed to a place that is not managed here.",
            Self::Fault(kind) => kind.sentence(),
        }
    }
}
