//! An environment for each design, and how it is put to sleep again.

use std::{path::Path, time::Duration};

use reveille_tests::{
    binaries::{Binaries, bootstrap, sample_app},
    event_log::EventLog,
    gate::Status,
    ministack::Settings,
    python::Venv,
    stack::{App, NAME, Options, Stack, forward_to},
    zip,
};
use serde_json::{Value, json};

pub const RESUME: Duration = Duration::from_secs(3);
/// For everything but a wake; nothing takes that long without a fault.
const LIMIT: Duration = Duration::from_mins(1);

pub struct Design {
    pub name: &'static str,
    pub stack: Stack,
    /// An event that starts a sandbox and changes nothing.
    idle_event: Value,
}

impl Design {
    pub async fn reveille() -> Self {
        let code = bootstrap().unwrap().to_owned();
        let idle_event = json!({ "reveille": "status" });
        Self { name: "Reveille", stack: stack(code).await, idle_event }
    }

    pub async fn python(name: &'static str, module: &str) -> Self {
        let handlers = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/handlers");
        let venv = Venv::with(handlers.join("requirements.txt").to_str().unwrap()).unwrap();
        let bootstrap = format!(
            "#!/bin/sh\nexport PYTHONPATH='{}'\nexec '{}' -m awslambdaric {module}.handler\n",
            handlers.display(),
            venv.program("python").display(),
        );
        let stack = stack(zip::bootstrap(bootstrap.as_bytes()).unwrap()).await;
        Self { name, stack, idle_event: json!({}) }
    }

    /// Sets how long the next task takes to start, and starts the function anew, because its memory
    /// of the last wake is no longer true. It is warm then, in any language.
    pub async fn prepare(&mut self, wake: u16, start: Duration) {
        let settings = Settings { start_seconds: Some(start.as_secs_f64()), ..Settings::default() };
        self.stack.ministack.change(&settings).await.unwrap();
        let update = self.stack.lambda().update_function_configuration().function_name(NAME);
        // Another size ends the sandboxes of the last one.
        update.memory_size(i32::from(128 + wake)).send().await.unwrap();
        self.stack.invoke(&self.idle_event).await.unwrap();
    }

    pub async fn put_to_sleep(&self) {
        let stack = &self.stack;
        let place = stack.log().end();
        let modify = stack.elb().modify_rule().rule_arn(&stack.load_balancer.route);
        modify.actions(forward_to(&stack.load_balancer.waker)).send().await.unwrap();
        stack.set_desired_count(0).await.unwrap();
        stack.log().find(place, LIMIT, |event| event.name == "task_stopped").await.unwrap();
        stack.gate.turn(Status::Paused);
    }
}

async fn stack(bootstrap: Vec<u8>) -> Stack {
    let command = vec![sample_app().unwrap().display().to_string()];
    let entrypoint = &Binaries::build().unwrap().entrypoint;
    let app = App::behind_entrypoint(entrypoint, command, "DATABASE_URL=conninfo");
    // Thirty wakes within minutes exceed an environment's default budget.
    let environment = json!({ "guard": { "wakes_per_hour": 0 } });
    let options = Options { resume: RESUME, environment, ..Options::new(bootstrap, app) };
    Stack::create(&options, EventLog::default()).await.unwrap()
}
