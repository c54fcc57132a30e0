//! Application Auto Scaling's targets: <https://docs.aws.amazon.com/autoscaling/application/APIReference/>

use reveille_tests::event_log::Event;
use serde_json::{Value, json};

use crate::local_aws::calls::json_call;
use crate::local_aws::*;

pub(crate) async fn call(stack: &Stack, operation: &str, call: Value) -> Value {
    let (status, answer) = json_call(stack, &format!("AnyScaleFrontendService.{operation}"), &call).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

/// The code of the error that a call gets.
pub(crate) async fn refused(stack: &Stack, operation: &str, call: Value) -> String {
    let (status, answer) = json_call(stack, &format!("AnyScaleFrontendService.{operation}"), &call).await;
    assert_eq!(status, 400, "{operation}: {answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

/// The one service's scalable target, with further parameters.
pub(crate) fn target(further: &Value) -> Value {
    let mut call = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": format!("service/{NAME}/{NAME}"),
        "ScalableDimension": "ecs:service:DesiredCount",
    });
    let fields = call.as_object_mut().unwrap();
    fields.extend(further.as_object().unwrap().clone());
    call
}

pub(crate) async fn register(stack: &Stack, further: Value) -> Value {
    call(stack, "RegisterScalableTarget", target(&further)).await
}

pub(crate) async fn described(stack: &Stack) -> Vec<Value> {
    let answer = call(stack, "DescribeScalableTargets", json!({ "ServiceNamespace": "ecs" })).await;
    answer["ScalableTargets"].as_array().unwrap().clone()
}

pub(crate) async fn count(stack: &Stack) -> i32 {
    stack.service().await.unwrap().desired_count()
}

/// Waits until the desired count is set to this, after a place in the log.
pub(crate) async fn counted(stack: &Stack, from: usize, count: i64) -> usize {
    let set = |event: &Event| event.name == "desired_count_set" && event.fields["count"] == json!(count);
    stack.log().find(from, LIMIT, set).await.unwrap().1
}

#[tokio::test]
async fn a_target_is_registered_tagged_described_and_deregistered() {
    let stack = stack(&options(app())).await;
    // "When you register a new scalable target, you must specify values for the minimum and maximum capacity."
    for missing in [json!({}), json!({ "MinCapacity": 0 }), json!({ "MaxCapacity": 2 })] {
        assert_eq!(
            refused(&stack, "RegisterScalableTarget", target(&missing)).await,
            "ValidationException",
            "{missing}"
        );
    }
    let crossed = target(&json!({ "MinCapacity": 2, "MaxCapacity": 1 }));
    assert_eq!(refused(&stack, "RegisterScalableTarget", crossed).await, "ValidationException");
    let mut other = target(&json!({ "MinCapacity": 0, "MaxCapacity": 1 }));
    other["ResourceId"] = "service/demo/other".into();
    assert_eq!(refused(&stack, "RegisterScalableTarget", other).await, "ValidationException");
    for operation in ["DeregisterScalableTarget", "PutScalingPolicy", "PutScheduledAction"] {
        let mut call = target(&json!({}));
        match operation {
            "PutScalingPolicy" => call["PolicyName"] = "policy".into(),
            "PutScheduledAction" => call["ScheduledActionName"] = "action".into(),
            _ => {}
        }
        assert_eq!(refused(&stack, operation, call).await, "ObjectNotFoundException", "{operation}");
    }

    let arn = register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 2, "Tags": { "a": "b" } })).await;
    let arn = arn["ScalableTargetARN"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/"),
        "{arn}"
    );
    let [found] = &described(&stack).await[..] else { panic!() };
    assert_eq!((&found["MinCapacity"], &found["MaxCapacity"]), (&json!(0), &json!(2)));
    assert_eq!(found["ScalableTargetARN"], arn);
    assert!(
        found["RoleARN"].as_str().unwrap().contains("AWSServiceRoleForApplicationAutoScaling_ECSService")
    );
    let suspended = json!({
        "DynamicScalingInSuspended": false,
        "DynamicScalingOutSuspended": false,
        "ScheduledScalingSuspended": false,
    });
    assert_eq!(found["SuspendedState"], suspended);

    // Like Terraform's provider, for one of them.
    for (resource, count) in [(format!("service/{NAME}/{NAME}"), 1), (format!("service/{NAME}/other"), 0)] {
        let asked = json!({
            "ServiceNamespace": "ecs",
            "ResourceIds": [resource],
            "ScalableDimension": "ecs:service:DesiredCount",
        });
        let answer = call(&stack, "DescribeScalableTargets", asked).await;
        assert_eq!(answer["ScalableTargets"].as_array().unwrap().len(), count, "{resource}");
    }

    call(&stack, "TagResource", json!({ "ResourceARN": arn, "Tags": { "c": "d" } })).await;
    call(&stack, "UntagResource", json!({ "ResourceARN": arn, "TagKeys": ["a"] })).await;
    let tags = call(&stack, "ListTagsForResource", json!({ "ResourceARN": arn })).await;
    assert_eq!(tags["Tags"], json!({ "c": "d" }));
    let elsewhere = json!({ "ResourceARN": format!("{arn}0") });
    assert_eq!(refused(&stack, "ListTagsForResource", elsewhere).await, "ResourceNotFoundException");

    call(&stack, "DeregisterScalableTarget", target(&json!({}))).await;
    assert!(described(&stack).await.is_empty());
}

/// "Any parameters that you don't specify are not changed by this update request."
#[tokio::test]
async fn what_an_update_does_not_name_stays() {
    let stack = stack(&options(app())).await;
    register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 2 })).await;
    let states = async |change: Value| {
        register(&stack, change).await;
        let found = described(&stack).await.remove(0);
        assert_eq!(found["MinCapacity"], 0);
        let state = &found["SuspendedState"];
        let flags = ["DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"];
        (found["MaxCapacity"].as_i64().unwrap(), flags.map(|flag| state[flag].as_bool().unwrap()))
    };
    let suspend = json!({ "SuspendedState": {
        "DynamicScalingInSuspended": true,
        "DynamicScalingOutSuspended": true,
        "ScheduledScalingSuspended": true,
    } });
    assert_eq!(states(suspend).await, (2, [true, true, true]));
    assert_eq!(states(json!({ "MaxCapacity": 5 })).await, (5, [true, true, true]));
    let out = json!({ "SuspendedState": { "DynamicScalingOutSuspended": false } });
    assert_eq!(states(out).await, (5, [true, false, true]));
}

/// "If it's below the minimum capacity or above the maximum capacity, Application Auto Scaling adjusts the
/// capacity of the scalable target to place it within these bounds, even if you don't include the
/// `MinCapacity` or `MaxCapacity` request parameters."
#[tokio::test]
async fn registering_or_updating_a_target_puts_its_count_between_the_bounds() {
    let stack = stack(&options(app())).await;
    register(&stack, json!({ "MinCapacity": 1, "MaxCapacity": 2 })).await;
    assert_eq!(count(&stack).await, 1);
    // A count set by another caller stays: being out of bounds alone starts no scaling.
    stack.set_desired_count(0).await.unwrap();
    let suspend = json!({ "SuspendedState": {
        "DynamicScalingInSuspended": true,
        "DynamicScalingOutSuspended": true,
        "ScheduledScalingSuspended": true,
    } });
    assert_eq!(count(&stack).await, 0);
    register(&stack, suspend).await;
    assert_eq!(count(&stack).await, 1);
    stack.set_desired_count(4).await.unwrap();
    register(&stack, json!({ "MinCapacity": 0 })).await;
    assert_eq!(count(&stack).await, 2);
}
