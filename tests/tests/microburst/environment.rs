//! An environment that many cases wake, one after the other.

use std::ops::Deref;

use aws_sdk_ecs::types::DesiredStatus;
use reveille_tests::event_log::{Event, EventLog};
use reveille_tests::microburst::Microburst;
use reveille_tests::stack::{DatabaseKind, NAME, Options, Stack, forward_to};
use serde_json::json;

use crate::LIMIT;

/// What an invocation hands on to the next one at most, and each that meets no fault makes less.
const REMEMBERED_FAULTS: u8 = 3;

/// The shipped programs and the sample app, with a function that reaches AWS through microburst.
pub struct Environment {
    stack: Stack,
    pub microburst: Microburst,
}

impl Deref for Environment {
    type Target = Stack;

    fn deref(&self) -> &Stack {
        &self.stack
    }
}

impl Environment {
    /// Asleep, and the function has not been invoked yet.
    pub async fn create(database: DatabaseKind, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::sample().unwrap();
        options.database = database;
        // A fault costs time, and the more the busier the machine is; nobody is to be sent away for it.
        options.hold_seconds = 50;
        // Many faults take many wakes.
        options.environment = json!({ "guard": { "wakes_per_hour": 0 } });
        change(&mut options);
        let mut microburst = Microburst::start().await.unwrap();
        options.function_endpoint = Some(microburst.endpoint().into());
        let stack = Stack::create(&options, EventLog::default()).await.unwrap();
        microburst.forward_to(stack.ministack.endpoint()).unwrap();
        Self { stack, microburst }
    }

    /// Asleep, and with a function that has been initialised: no call is made but for a visitor.
    pub async fn create_initialised(database: DatabaseKind) -> Self {
        let environment = Self::create(database, |_| {}).await;
        environment.visit().await.app();
        environment.sleep().await;
        environment
    }

    /// Lets calls pass until the function has forgotten that some did not, for which it spares AWS
    /// calls and takes longer.
    pub async fn calm(&self) {
        self.microburst.clear().await.unwrap();
        for _ in 0..REMEMBERED_FAULTS {
            self.route_to_waker().await;
            self.visit().await;
        }
    }

    /// Puts it to sleep, with no fault any more and nothing left that runs.
    pub async fn sleep(&self) {
        self.microburst.clear().await.unwrap();
        let from = self.log().end();
        self.route_to_waker().await;
        let running = self.ecs().list_tasks().cluster(NAME).desired_status(DesiredStatus::Running);
        let running = running.send().await.unwrap();
        self.set_desired_count(0).await.unwrap();
        for arn in running.task_arns() {
            let is_it = |event: &Event| arn.ends_with(&format!("/{}", event.text("task")));
            let stopped = |event: &Event| event.name == "task_stopped" && is_it(event);
            self.log().find(from, LIMIT, stopped).await.unwrap();
        }
        let service = self.service().await.unwrap();
        assert_eq!((service.desired_count(), service.running_count()), (0, 0));
    }

    /// Puts it to sleep so that the next wake makes this call.
    pub async fn sleep_before(&self, operation: &str) {
        self.sleep().await;
        let from = self.log().end();
        match operation {
            "StartDBCluster" => {
                self.rds().stop_db_cluster().db_cluster_identifier(NAME).send().await.unwrap();
            }
            "StartDBInstance" => {
                self.rds().stop_db_instance().db_instance_identifier(NAME).send().await.unwrap();
            }
            _ => return,
        }
        let stopped = |event: &Event| event.text("status") == "stopped";
        self.log().find(from, LIMIT, stopped).await.unwrap();
    }

    async fn route_to_waker(&self) {
        let from = self.log().end();
        let forward = forward_to(&self.load_balancer.waker);
        let modify = self.elb().modify_rule().rule_arn(&self.load_balancer.route).actions(forward);
        modify.send().await.unwrap();
        self.log().find(from, LIMIT, |event| event.name == "rule_followed").await.unwrap();
    }
}
