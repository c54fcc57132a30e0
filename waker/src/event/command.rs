use serde::Deserialize;
use serde_json::Value;

/// What EventBridge Scheduler sends each minute, and what operators and CI jobs send with `aws lambda
/// invoke`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "reveille", rename_all = "lowercase", deny_unknown_fields)]
pub enum Command {
    /// Run a tick for that environment, or for all.
    Tick { environment: Option<String> },
    /// Wake it, even if its start was given up.
    Wake {
        environment: String,
        /// Answer when it is ready, or when the function's time is over.
        #[serde(default)]
        wait: bool,
    },
    /// Put it to sleep, even if it is in use.
    Sleep {
        environment: String,
        /// Answer when its tasks have stopped, or when the function's time is over.
        #[serde(default)]
        wait: bool,
    },
    /// Report the status of that environment, or of all; changes nothing.
    Status { environment: Option<String> },
}

impl Command {
    pub(super) fn read(event: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(event)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_command_has_its_form() {
        let name = || "staging".to_owned();
        for (event, command) in [
            (json!({"reveille": "tick"}), Command::Tick { environment: None }),
            (json!({"reveille": "status"}), Command::Status { environment: None }),
            (
                json!({"reveille": "wake", "environment": "staging"}),
                Command::Wake { environment: name(), wait: false },
            ),
            (
                json!({"reveille": "sleep", "environment": "staging", "wait": true}),
                Command::Sleep { environment: name(), wait: true },
            ),
        ] {
            assert_eq!(Command::read(event).unwrap(), command);
        }
    }
}
