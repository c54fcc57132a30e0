//! Who may scale what, where policies are enforced.

use reveille_tests::ministack::Settings;
use serde_json::json;

use crate::local_aws::calls::{allow, signed, user};
use crate::local_aws::scaling::{register, target};
use crate::local_aws::*;

/// Scopes:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html>.
/// Permissions for the service and CloudWatch that are checked on the caller's behalf:
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html>
#[tokio::test]
async fn a_caller_needs_the_target_the_service_and_its_alarms() {
    const SUSPEND: &str = "application-autoscaling:RegisterScalableTarget";
    let mut stack = stack(&options(app())).await;
    let registered = register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 1 })).await;
    let arn = registered["ScalableTargetARN"].as_str().unwrap();
    let service = format!("arn:aws:ecs:us-east-1:000000000000:service/{NAME}/{NAME}");
    let user = user(&stack, "scaler").await;
    let change = target(&json!({ "SuspendedState": { "ScheduledScalingSuspended": true } }));
    let rest = [
        ("ecs:DescribeServices", service.as_str()),
        ("ecs:UpdateService", &service),
        ("cloudwatch:PutMetricAlarm", "*"),
        ("cloudwatch:DescribeAlarms", "*"),
        ("cloudwatch:DeleteAlarms", "*"),
    ];
    let elsewhere = format!("{arn}0");
    let both = |scope| [&[(SUSPEND, scope)], &rest[..]].concat();
    for (allowed, expected) in [
        (rest.to_vec(), Err("AccessDeniedException: ")),
        (both(&elsewhere), Err("AccessDeniedException: ")),
        (
            vec![(SUSPEND, arn), rest[0]],
            Err(
                "ValidationException: User is missing the following permissions: [ecs:UpdateService, cloudwatch:PutMetricAlarm, ",
            ),
        ),
        (both(arn), Ok(())),
    ] {
        allow(&stack, "scaler", &allowed).await;
        enforce(&mut stack, true).await;
        let got = signed(&stack, &user, "RegisterScalableTarget", &change).await;
        enforce(&mut stack, false).await;
        match expected {
            Ok(()) => assert_eq!(got.unwrap()["ScalableTargetARN"], arn),
            Err(error) => assert!(got.as_ref().unwrap_err().starts_with(error), "{allowed:?}: {got:?}"),
        }
    }
    // A list has no scope.
    for (resource, expected) in [(arn, false), ("*", true)] {
        allow(&stack, "scaler", &[("application-autoscaling:DescribeScalableTargets", resource)]).await;
        enforce(&mut stack, true).await;
        let got =
            signed(&stack, &user, "DescribeScalableTargets", &json!({ "ServiceNamespace": "ecs" })).await;
        enforce(&mut stack, false).await;
        assert_eq!(got.is_ok(), expected, "{resource}: {got:?}");
    }
}

async fn enforce(stack: &mut Stack, enforced: bool) {
    let settings = Settings { policies_enforced: Some(enforced), ..Settings::default() };
    stack.ministack.change(&settings).await.unwrap();
}
