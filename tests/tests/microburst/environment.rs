//! An environment that is woken in many cases, one after the other.

use std::ops::Deref;

use aws_sdk_ecs::types::DesiredStatus;
use aws_sdk_elasticloadbalancingv2::types::{Tag, TagDescription};
use aws_sdk_lambda::client::Waiters as _;
use reveille_tests::event_log::{Event, EventLog};
use reveille_tests::microburst::Microburst;
use reveille_tests::stack::{DatabaseKind, NAME, Options, Stack, forward_to};
use serde_json::json;

use crate::microburst::LIMIT;

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
        // A fault costs time, more on a busy machine; no visitor may be sent away because of that.
        options.hold_seconds = 50;
        // Many faults need many wakes.
        options.environment = json!({ "guard": { "wakes_per_hour": 0 } });
        change(&mut options);
        let mut microburst = Microburst::start().await.unwrap();
        options.function_endpoint = Some(microburst.endpoint().into());
        let stack = Stack::create(&options, EventLog::default()).await.unwrap();
        microburst.forward_to(stack.ministack.endpoint()).unwrap();
        Self { stack, microburst }
    }

    /// Asleep, and with an initialised function: only visitors cause calls.
    pub async fn create_initialised(database: DatabaseKind) -> Self {
        let environment = Self::create(database, |_| {}).await;
        environment.initialise().await;
        environment
    }

    /// Clears the function's memory and its tags: for some seconds after a wake it holds visitors
    /// longer, and after faults it makes fewer AWS calls. A change of its configuration ends a
    /// function's sandboxes.
    pub async fn forget(&self) {
        self.microburst.clear().await.unwrap();
        let rule = &self.load_balancer.route;
        let described = self.elb().describe_tags().resource_arns(rule).send().await.unwrap();
        let tags = described.tag_descriptions().iter().flat_map(TagDescription::tags);
        let written: Vec<_> = tags.filter_map(Tag::key).filter(|key| key.starts_with("reveille:")).collect();
        if !written.is_empty() {
            let remove = self.elb().remove_tags().resource_arns(rule);
            remove.set_tag_keys(Some(written.into_iter().map(str::to_owned).collect())).send().await.unwrap();
        }
        let function = self.lambda().get_function_configuration().function_name(NAME).send().await.unwrap();
        let memory = if function.memory_size() == Some(128) { 129 } else { 128 };
        let change = self.lambda().update_function_configuration().function_name(NAME);
        change.memory_size(memory).send().await.unwrap();
        let changed = self.lambda().wait_until_function_updated_v2().function_name(NAME);
        changed.wait(LIMIT).await.unwrap();
        self.initialise().await;
    }

    /// Invokes the function without a visitor: it is initialised, and nothing is woken.
    async fn initialise(&self) {
        self.invoke(&json!({ "reveille": "status" })).await.unwrap();
    }

    /// Puts it to sleep, without faults and running tasks.
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
