//! Application Auto Scaling: what is suspended, and the tag that records it.

use std::time::{Duration, UNIX_EPOCH};

use reveille_tests::endpoint::answer::Answer;
use serde_json::{Value, json};
use waker::environment::cloud::{Cloud as _, Step};
use waker::environment::scaling::{Activities, ByService, Scaling, Suspended};
use waker::environment::snapshot::Scope;

use crate::wire::steps::{described_tags, done};
use crate::wire::{aurora, awake, aws};

#[tokio::test]
async fn all_services_scalable_targets_are_read_with_one_call() {
    let endpoint = awake().await;
    let target = |name: &str, suspended: Value| {
        json!({
            "ServiceNamespace": "ecs", "ResourceId": format!("service/c/{name}"),
            "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1, "MaxCapacity": 4,
            "RoleARN": "arn:aws:iam::111122223333:role/r", "CreationTime": 1_700_000_000,
            "SuspendedState": suspended,
        })
    };
    let by_hand = json!({
        "DynamicScalingInSuspended": false,
        "DynamicScalingOutSuspended": false,
        "ScheduledScalingSuspended": true,
    });
    for (targets, found) in [
        (vec![], vec![None, None]),
        (vec![target("mail", by_hand)], vec![None, Some(Activities::SCHEDULED)]),
        (vec![target("web", Value::Null)], vec![Some(Activities::empty()), None]),
    ] {
        endpoint.answer("DescribeScalableTargets", Answer::json(&json!({"ScalableTargets": targets})));
        let partial = aws(&endpoint).await.observe(&aurora(), Scope::SCALING).await.unwrap();
        assert_eq!(partial.scaling, Some(Scaling(found)));
    }
    let expected = json!({
        "ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceIds": ["service/c/web", "service/c/mail"],
    });
    assert_eq!(endpoint.calls("DescribeScalableTargets")[0].json(), expected);
}

#[tokio::test]
async fn each_activity_is_named_and_the_capacities_are_left_as_they_are() {
    let endpoint = awake().await;
    endpoint.answer("RegisterScalableTarget", Answer::json(&json!({})));
    let step = Step::SetSuspended { service: 0, activities: Activities::SCALE_OUT };
    aws(&endpoint).await.apply(&aurora(), step).await.unwrap();
    let expected = json!({
        "ServiceNamespace": "ecs", "ResourceId": "service/c/web",
        "ScalableDimension": "ecs:service:DesiredCount",
        "SuspendedState": {
            "DynamicScalingInSuspended": false,
            "DynamicScalingOutSuspended": true,
            "ScheduledScalingSuspended": false,
        },
    });
    assert_eq!(endpoint.calls("RegisterScalableTarget")[0].json(), expected);
}

#[tokio::test]
async fn what_the_waker_suspended_is_a_tag_of_the_rule() {
    let endpoint = awake().await;
    endpoint.answer("AddTags", done("AddTags"));
    let activities = ByService::default().with(1, Activities::all());
    let suspended = Suspended { activities, since: UNIX_EPOCH + Duration::from_secs(1_763_717_000) };
    let cloud = aws(&endpoint).await;
    cloud.apply(&aurora(), Step::WriteSuspended(suspended)).await.unwrap();
    let sent = endpoint.calls("AddTags")[0].form();
    assert_eq!(sent["Tags.member.1.Key"], "reveille:scaling");
    let text = &sent["Tags.member.1.Value"];

    let tag = format!("<member><Key>reveille:scaling</Key><Value>{text}</Value></member>");
    for (tags, read) in [(tag.as_str(), suspended), ("", Suspended::default())] {
        endpoint.answer("DescribeTags", described_tags(tags));
        let partial = cloud.observe(&aurora(), Scope::STATE_TAG).await.unwrap();
        assert_eq!(partial.suspended, Some(read), "{tags}");
    }
}
