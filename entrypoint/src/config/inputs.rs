//! The entrypoint's own variables.

/// Every variable that the entrypoint reads. `ENTRYPOINT_SCRUB` removes them from the app's
/// environment.
pub const INPUTS: [&str; 17] = [
    "DB_APP_PASSWORD",
    "DB_APP_USER",
    "DB_HOST",
    "DB_NAME",
    "DB_PASSWORD",
    "DB_PORT",
    "DB_SECRET",
    "DB_SSLMODE",
    "DB_SSLROOTCERT",
    "DB_USER",
    "ENTRYPOINT_ATTEMPT_TIMEOUT",
    "ENTRYPOINT_EXPORT",
    "ENTRYPOINT_LOG",
    "ENTRYPOINT_MISSING_DATABASE",
    "ENTRYPOINT_SCRUB",
    "ENTRYPOINT_TIMEOUT",
    "ENTRYPOINT_WAIT",
];

/// The prefix of all settings' names, and of no other variable.
pub(super) const SETTINGS_PREFIX: &str = "ENTRYPOINT_";

/// Whether the variable is one of [`INPUTS`].
pub fn is_input(variable: &str) -> bool {
    INPUTS.contains(&variable)
}
