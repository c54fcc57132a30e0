//! Scheduled actions: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html>

use jiff::{Timestamp, ToSpan};
use reveille_tests::event_log::Event;
use serde_json::{Value, json};

use crate::local_aws::scaling::{call, count, counted, described, refused, register, target};
use crate::local_aws::*;

async fn put(stack: &Stack, name: &str, schedule: &str, capacities: Value) {
    let action = json!({
        "ScheduledActionName": name,
        "Schedule": schedule,
        "ScalableTargetAction": capacities,
    });
    call(stack, "PutScheduledAction", target(&action)).await;
}

async fn delete(stack: &Stack, name: &str) {
    call(stack, "DeleteScheduledAction", target(&json!({ "ScheduledActionName": name }))).await;
}

#[tokio::test]
async fn at_its_time_an_action_changes_the_bounds_and_by_them_the_count() {
    let mut options = options(app());
    // A second stands for a minute of a schedule.
    options.settings.scheduler_speed = Some(60.0);
    let stack = stack(&options).await;
    register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 4 })).await;
    let from = stack.log().end();
    // "If the current capacity is below the minimum capacity, Application Auto Scaling scales out".
    put(&stack, "up", "rate(1 minute)", json!({ "MinCapacity": 2 })).await;
    let from = counted(&stack, from, 2).await;
    delete(&stack, "up").await;
    assert_eq!(described(&stack).await[0]["MinCapacity"], 2);

    // "If the current capacity is above the maximum capacity, Application Auto Scaling scales in".
    put(&stack, "down", "cron(* * * * ? *)", json!({ "MinCapacity": 0, "MaxCapacity": 1 })).await;
    let actions = call(&stack, "DescribeScheduledActions", json!({ "ServiceNamespace": "ecs" })).await;
    let [action] = &actions["ScheduledActions"].as_array().unwrap()[..] else { panic!("{actions}") };
    assert_eq!(action["ScheduledActionName"], "down");
    let from = counted(&stack, from, 1).await;
    delete(&stack, "down").await;

    // A count within the bounds is not changed.
    let soon = Timestamp::now() + 2.minutes();
    put(&stack, "once", &format!("at({})", soon.strftime("%Y-%m-%dT%H:%M:%S")), json!({ "MaxCapacity": 3 }))
        .await;
    let done = |event: &Event| event.name == "scheduled_action" && event.text("action") == "once";
    stack.log().find(from, LIMIT, done).await.unwrap();
    assert_eq!((count(&stack).await, &described(&stack).await[0]["MaxCapacity"]), (1, &json!(3)));
    let unknown = json!({ "ScheduledActionName": "up" });
    assert_eq!(refused(&stack, "DeleteScheduledAction", target(&unknown)).await, "ObjectNotFoundException");
    call(&stack, "DeregisterScalableTarget", target(&json!({}))).await;
    let actions = call(&stack, "DescribeScheduledActions", json!({ "ServiceNamespace": "ecs" })).await;
    assert_eq!(actions["ScheduledActions"], json!([]));
}

/// "Application Auto Scaling does not initiate the scaling actions that are scheduled to run during the
/// suspension period."
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html>
#[tokio::test]
async fn a_suspended_action_wakes_nothing() {
    let mut options = options(app());
    options.settings.scheduler_speed = Some(60.0);
    let stack = stack(&options).await;
    register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 4 })).await;
    let suspend = |suspended: bool| json!({ "SuspendedState": { "ScheduledScalingSuspended": suspended } });
    register(&stack, suspend(true)).await;
    put(&stack, "up", "rate(1 minute)", json!({ "MinCapacity": 1 })).await;
    stack.log().wait_for("scheduled_action_suspended", LIMIT).await.unwrap();
    assert_eq!((count(&stack).await, &described(&stack).await[0]["MinCapacity"]), (0, &json!(0)));
    let from = stack.log().end();
    register(&stack, suspend(false)).await;
    counted(&stack, from, 1).await;
}

#[tokio::test]
async fn what_is_no_schedule_is_refused() {
    let stack = stack(&options(app())).await;
    register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 4 })).await;
    for (schedule, zone) in
        [("rate(1 week)", "UTC"), ("cron(* * * *)", "UTC"), ("rate(1 day)", "Nowhere/Else")]
    {
        let action = json!({
            "ScheduledActionName": "up",
            "Schedule": schedule,
            "Timezone": zone,
            "ScalableTargetAction": { "MinCapacity": 1 },
        });
        let code = refused(&stack, "PutScheduledAction", target(&action)).await;
        assert_eq!(code, "ValidationException", "{schedule} {zone}");
    }
}
