use std::{fmt, io, path::PathBuf};

/// Why the function does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("neither WAKER_CONFIG nor WAKER_CONFIG_FILE is set: one of them must hold the configuration")]
    NotSet,
    #[error("both WAKER_CONFIG and WAKER_CONFIG_FILE are set: only one of them may hold the configuration")]
    SetTwice,
    #[error("failed to read WAKER_CONFIG_FILE {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the configuration is not valid JSON")]
    Json(#[source] serde_json::Error),
    /// The JSON is well formed, but breaks these rules.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
}

/// One field and the rule that its value breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field's path, such as `environments[0].services[1].count`.
    pub field: String,
    pub rule: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.rule)
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(Problem::to_string).collect();
    format!("the configuration breaks {} rule(s): {}", lines.len(), lines.join("; "))
}
