//! Rules that log visitors in with Cognito.

use aws_sdk_elasticloadbalancingv2::config::Credentials;
use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, AuthenticateCognitoActionConfig};
use reveille_tests::ministack::Settings;

use crate::local_aws::calls::{allow, user};
use crate::local_aws::*;

const POOL: &str = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_demo";

/// The permission: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html>.
/// The message of the error: <https://github.com/awslabs/kubeflow-manifests/issues/18>
#[tokio::test]
async fn writing_a_login_by_cognito_needs_permission_to_read_the_pools_client() {
    const DENIED: &str = "User is not authorized to perform 'describeUserPoolClient'";
    let mut stack = stack(&options(app())).await;
    let LoadBalancer { route, app, .. } = stack.load_balancer.clone();
    let user = user(&stack, "waker").await;
    let credentials = Credentials::new(user.key_id, user.secret, None, None, "test");
    let config = stack.elb().config().to_builder().credentials_provider(credentials).build();
    let elb = aws_sdk_elasticloadbalancingv2::Client::from_conf(config);
    let modify = ("elasticloadbalancing:ModifyRule", route.as_str());
    let read = ("cognito-idp:DescribeUserPoolClient", POOL);
    for (allowed, expected) in [
        (vec![modify], Some(("InvalidLoadBalancerAction", DENIED))),
        (
            vec![modify, (read.0, "arn:aws:cognito-idp:*:*:userpool/other")],
            Some(("InvalidLoadBalancerAction", DENIED)),
        ),
        (vec![modify, read], None),
    ] {
        allow(&stack, "waker", &allowed).await;
        enforce(&mut stack, true).await;
        let modified =
            elb.modify_rule().rule_arn(&route).actions(login()).actions(forward_to(&app)).send().await;
        // Any other action needs no such permission.
        elb.modify_rule().rule_arn(&route).actions(forward_to(&app)).send().await.unwrap();
        enforce(&mut stack, false).await;
        let refused = modified.err();
        let refused = refused.as_ref().map(|error| (error.code().unwrap(), error.message().unwrap()));
        assert_eq!(refused, expected, "{allowed:?}");
    }
}

#[tokio::test]
async fn a_login_by_cognito_is_described_as_it_was_written() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { route, waker, .. } = &stack.load_balancer;
    let modify = stack.elb().modify_rule().rule_arn(route).actions(login()).actions(forward_to(waker));
    modify.send().await.unwrap();
    let described = stack.elb().describe_rules().rule_arns(route).send().await.unwrap();
    let [login, forward] = described.rules()[0].actions() else { panic!("{described:?}") };
    let config = login.authenticate_cognito_config().unwrap();
    assert_eq!((config.user_pool_arn(), config.user_pool_client_id()), (Some(POOL), Some("client")));
    assert_eq!((config.session_timeout(), config.scope()), (Some(604_800), Some("openid")));
    assert_eq!(forward.target_group_arn(), Some(waker.as_str()));
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 207);
}

fn login() -> Action {
    let config = AuthenticateCognitoActionConfig::builder()
        .user_pool_arn(POOL)
        .user_pool_client_id("client")
        .user_pool_domain("demo")
        .build();
    Action::builder()
        .r#type(ActionTypeEnum::AuthenticateCognito)
        .order(1)
        .authenticate_cognito_config(config)
        .build()
}

async fn enforce(stack: &mut Stack, enforced: bool) {
    let settings = Settings { policies_enforced: Some(enforced), ..Settings::default() };
    stack.ministack.change(&settings).await.unwrap();
}
