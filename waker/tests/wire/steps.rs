//! What each step asks of AWS.

use serde_json::{Value, json};
use waker::environment::{
    cloud::{Cloud as _, Step},
    fault::FaultKind,
    observed::{Answer as DatabaseAnswer, RouteTarget, Scope},
};

use crate::{APP, RULE, WAKER, aurora, awake, aws, endpoint::Answer, environment, forward, rule};

fn done(operation: &str) -> Answer {
    Answer::Xml(200, format!("<{operation}Response><{operation}Result/></{operation}Response>"))
}

#[tokio::test]
async fn a_desired_count_is_set_on_its_service() {
    let endpoint = awake().await;
    endpoint.answer("UpdateService", Answer::Json(200, json!({}).to_string()));
    let step = Step::SetDesired { service: 0, count: 3 };
    aws(&endpoint).await.apply(&aurora(), step).await.unwrap();
    let body: Value = serde_json::from_str(&endpoint.calls("UpdateService")[0].body).unwrap();
    assert_eq!(body, json!({"cluster": "c", "service": "web", "desiredCount": 3}));
}

#[tokio::test]
async fn a_turn_keeps_what_stands_before_the_forward() {
    let endpoint = awake().await;
    let oidc = "<member><Type>authenticate-oidc</Type><Order>1</Order><AuthenticateOidcConfig>\
        <Issuer>https://id.example.com</Issuer><AuthorizationEndpoint>https://id.example.com/a</AuthorizationEndpoint>\
        <TokenEndpoint>https://id.example.com/t</TokenEndpoint><UserInfoEndpoint>https://id.example.com/u</UserInfoEndpoint>\
        <ClientId>client</ClientId></AuthenticateOidcConfig></member>";
    endpoint.answer("DescribeRules", rule(&(oidc.to_owned() + &forward(WAKER))));
    endpoint.answer("ModifyRule", done("ModifyRule"));
    aws(&endpoint).await.apply(&aurora(), Step::TurnRoute(RouteTarget::App)).await.unwrap();

    let body = endpoint.calls("ModifyRule")[0].body.clone();
    let sent: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let field = |name: &str| sent.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(field("RuleArn"), Some(RULE));
    assert_eq!(field("Actions.member.1.Type"), Some("authenticate-oidc"));
    assert_eq!(field("Actions.member.1.AuthenticateOidcConfig.ClientId"), Some("client"));
    assert_eq!(field("Actions.member.1.AuthenticateOidcConfig.UseExistingClientSecret"), Some("true"));
    assert_eq!(field("Actions.member.2.Type"), Some("forward"));
    assert_eq!(field("Actions.member.2.TargetGroupArn"), Some(APP));
}

#[tokio::test]
async fn a_route_that_is_turned_already_is_left_alone() {
    let endpoint = awake().await;
    aws(&endpoint).await.apply(&aurora(), Step::TurnRoute(RouteTarget::App)).await.unwrap();
    assert_eq!(endpoint.calls("ModifyRule"), []);
}

#[tokio::test]
async fn a_database_is_started_by_its_kind() {
    let endpoint = awake().await;
    endpoint.answer("StartDBCluster", done("StartDBCluster"));
    endpoint.answer("StartDBInstance", done("StartDBInstance"));
    let instance = environment(&json!({"kind": "instance", "identifier": "one"}));
    aws(&endpoint).await.apply(&aurora(), Step::StartDatabase).await.unwrap();
    aws(&endpoint).await.apply(&instance, Step::StartDatabase).await.unwrap();
    assert!(endpoint.calls("StartDBCluster")[0].body.contains("DBClusterIdentifier=db"));
    assert!(endpoint.calls("StartDBInstance")[0].body.contains("DBInstanceIdentifier=one"));

    let wrong = "<ErrorResponse><Error><Code>InvalidDBClusterStateFault</Code></Error></ErrorResponse>";
    endpoint.answer("StartDBCluster", Answer::Xml(400, wrong.to_owned()));
    let error = aws(&endpoint).await.apply(&aurora(), Step::StartDatabase).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::WrongState);
}

#[tokio::test]
async fn the_data_api_touches_and_tells() {
    let endpoint = awake().await;
    let environment = environment(&json!({
        "kind": "aurora", "identifier": "db",
        "probe": {"data_api": {
            "resource_arn": "arn:aws:rds:eu-west-1:111122223333:cluster:db",
            "secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
        }},
    }));
    let cloud = aws(&endpoint).await;
    let answer = async || {
        let seen = cloud.observe(&environment, Scope::RUNNING).await.unwrap();
        seen.running.unwrap().database.unwrap().answer
    };
    let resuming = json!({"__type": "DatabaseResumingException", "message": "m"}).to_string();
    endpoint.answer("Execute", Answer::Json(400, resuming));
    cloud.apply(&environment, Step::TouchDatabase).await.unwrap();
    assert_eq!(answer().await, DatabaseAnswer::Unknown, "it must be asked again");
    endpoint.answer("Execute", Answer::Json(200, json!({"records": []}).to_string()));
    cloud.apply(&environment, Step::TouchDatabase).await.unwrap();
    assert_eq!(answer().await, DatabaseAnswer::Up);

    let denied = json!({"__type": "AccessDeniedException", "message": "m"}).to_string();
    endpoint.answer("Execute", Answer::Json(403, denied));
    let error = cloud.apply(&environment, Step::TouchDatabase).await.unwrap_err();
    assert_eq!((error.call, error.kind), ("ExecuteStatement", FaultKind::Denied));
}
