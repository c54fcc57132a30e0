//! Application Auto Scaling: what is suspended, and the tag that records it.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use waker::environment::{
    cloud::{Cloud as _, Step},
    scaling::{Activities, ByService, Scaling, Suspended},
    snapshot::Scope,
};

use crate::{
    aurora, awake, aws,
    endpoint::{Answer, Call},
    steps::{described_tags, done, fields},
};

fn body(calls: &[Call]) -> Value {
    serde_json::from_str(&calls[0].body).unwrap()
}

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
        let described = json!({"ScalableTargets": targets}).to_string();
        endpoint.answer("DescribeScalableTargets", Answer::Json(200, described));
        let partial = aws(&endpoint).await.observe(&aurora(), Scope::SCALING).await.unwrap();
        assert_eq!(partial.scaling, Some(Scaling(found)));
    }
    let expected = json!({
        "ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceIds": ["service/c/web", "service/c/mail"],
    });
    assert_eq!(body(&endpoint.calls("DescribeScalableTargets")), expected);
}

#[tokio::test]
async fn each_activity_is_named_and_the_capacities_are_left_as_they_are() {
    let endpoint = awake().await;
    endpoint.answer("RegisterScalableTarget", Answer::Json(200, "{}".to_owned()));
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
    assert_eq!(body(&endpoint.calls("RegisterScalableTarget")), expected);
}

#[tokio::test]
async fn what_the_waker_suspended_is_a_tag_of_the_rule() {
    let endpoint = awake().await;
    endpoint.answer("AddTags", done("AddTags"));
    let activities = ByService::default().with(1, Activities::all());
    let suspended = Suspended { activities, since: UNIX_EPOCH + Duration::from_secs(1_763_717_000) };
    let cloud = aws(&endpoint).await;
    cloud.apply(&aurora(), Step::WriteSuspended(suspended)).await.unwrap();
    let sent = fields(&endpoint.calls("AddTags")[0].body);
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    assert_eq!(value("Tags.member.1.Key").as_deref(), Some("reveille:scaling"));
    let text = value("Tags.member.1.Value").unwrap();

    let tag = format!("<member><Key>reveille:scaling</Key><Value>{text}</Value></member>");
    for (tags, read) in [(tag.as_str(), suspended), ("", Suspended::default())] {
        endpoint.answer("DescribeTags", described_tags(tags));
        let partial = cloud.observe(&aurora(), Scope::STATE_TAG).await.unwrap();
        assert_eq!(partial.suspended, Some(read), "{tags}");
    }
}
