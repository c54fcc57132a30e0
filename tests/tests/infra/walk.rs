//! The circle in four steps, each started by a command or a tick, so that a test knows which of
//! them fails.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use jiff::{SignedDuration, Timestamp};
use reveille_tests::event_log::Event;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::infra::LIMIT;
use crate::infra::environment::Cloud;
use crate::infra::policies::denied_since;

const BETWEEN_TICKS: Duration = Duration::from_millis(300);
/// A tick checks whether an Aurora has paused when its environment has been asleep so long, within
/// a minute.
const PAUSE_OVERDUE: SignedDuration = SignedDuration::from_secs(15 * 60 + 10);

/// In a wake: for the wake history, and for scaling, which the next tick resumes.
const DECIDES_NOTHING: [&str; 5] = [
    "elasticloadbalancing:AddTags",
    "application-autoscaling:RegisterScalableTarget",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// `status`, in a function that has just started.
    Status,
    /// `wake`, until the app answers.
    Wake,
    /// Ticks, until the idle time is over.
    FallAsleep,
    /// The tick that checks whether the database has paused.
    CheckPause,
}

const ALL: [Step; 4] = [Step::Status, Step::Wake, Step::FallAsleep, Step::CheckPause];

/// An environment that is asleep, and whose function only this test invokes.
#[derive(Debug)]
pub struct Walk<'a> {
    pub cloud: &'a mut Cloud,
    pub function: &'a str,
    pub route: &'a str,
}

impl Walk<'_> {
    /// The first step that failed and the call that was denied in it; None if no step failed and no
    /// decisive call was denied.
    pub async fn around(&mut self) -> Option<(Step, String)> {
        for step in ALL {
            let place = self.cloud.log().end();
            let (reached, last) = self.take(step, place).await;
            let mut denied = denied_since(&mut self.cloud.ministack, place).await;
            if step == Step::Wake {
                denied.retain(|action| !DECIDES_NOTHING.contains(&action.as_str()));
            }
            assert_eq!(
                reached,
                denied.is_empty(),
                "{step:?}: denied are {denied:?}, and the answer is {last}"
            );
            if let Some(action) = denied.into_iter().next() {
                return Some((step, action));
            }
        }
        None
    }

    /// From any failed step to sleep, and to a function that has not started: it would remember for
    /// a minute that the database answered.
    pub async fn back(&mut self, memory_mb: i32) {
        let asleep = self.command(&waited_for("sleep")).await;
        assert_eq!(asleep["state"], "asleep", "{asleep}");
        self.heard_of_all_stops().await;
        aws_sdk_lambda::Client::new(&self.cloud.sdk)
            .update_function_configuration()
            .function_name(self.function)
            .memory_size(memory_mb)
            .send()
            .await
            .unwrap();
    }

    /// Whether the step completes, and the function's last answer.
    async fn take(&mut self, step: Step, place: usize) -> (bool, Value) {
        let (command, end) = match step {
            Step::Status => (json!({ "reveille": "status" }), "asleep"),
            Step::Wake => (waited_for("wake"), "awake"),
            Step::FallAsleep => return self.fall_asleep(place).await,
            Step::CheckPause => {
                self.write_long_asleep().await;
                (json!({ "reveille": "tick" }), "asleep")
            }
        };
        let answer = self.command(&command).await;
        (answer["state"] == end, answer)
    }

    async fn fall_asleep(&mut self, place: usize) -> (bool, Value) {
        let deadline = Instant::now() + LIMIT;
        loop {
            let answer = self.command(&json!({ "reveille": "tick" })).await;
            if answer["state"] == "asleep" {
                return (true, answer);
            }
            if !denied_since(&mut self.cloud.ministack, place).await.is_empty() {
                return (false, answer);
            }
            assert!(Instant::now() < deadline, "nothing is denied, and it does not sleep: {answer}");
            sleep(BETWEEN_TICKS).await;
        }
    }

    async fn command(&self, command: &Value) -> Value {
        self.cloud.ask(self.function, command).await.unwrap()["environments"][0].take()
    }

    async fn write_long_asleep(&self) {
        let since = Timestamp::now() - PAUSE_OVERDUE;
        let note = Tag::builder().key("reveille:state").value(format!("asleep {since:.3}")).build();
        aws_sdk_elasticloadbalancingv2::Client::new(&self.cloud.sdk)
            .add_tags()
            .resource_arns(self.route)
            .tags(note)
            .send()
            .await
            .unwrap();
    }

    /// Each stopped task invokes the function, at some later time.
    async fn heard_of_all_stops(&self) {
        loop {
            let seen = self.cloud.log().all();
            let stops = seen.iter().filter(|event| event.name == "task_stopped").count();
            let heard = seen.iter().filter(|event| of_a_stop(event)).count();
            if heard >= stops {
                return;
            }
            self.cloud.until(seen.len(), of_a_stop).await.unwrap();
        }
    }
}

fn of_a_stop(event: &Event) -> bool {
    event.name == "event_delivered" && event.fields["delivered"]["detail"]["lastStatus"] == "STOPPED"
}

fn waited_for(command: &str) -> Value {
    json!({ "reveille": command, "environment": "app", "wait": true })
}
