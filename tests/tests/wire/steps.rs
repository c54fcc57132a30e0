//! The AWS request of each step.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use reveille_tests::endpoint::Endpoint;
use reveille_tests::endpoint::answer::Answer;
use reveille_tests::endpoint::request::Request;
use serde_json::json;
use waker::config::Environment;
use waker::environment::cloud::{Cloud as _, Step};
use waker::environment::fault::FaultKind;
use waker::environment::snapshot::{DatabaseAnswer, RouteTarget, Scope};
use waker::environment::state_tag::StateTag;
use waker::environment::wake_history::WakeEvent;

use crate::wire::{APP, RULE, WAKER, aurora, awake, aws, environment, forward, rule};

pub fn done(operation: &str) -> Answer {
    Answer::xml(operation, "")
}

#[tokio::test]
async fn a_desired_count_is_set_on_its_service() {
    let endpoint = awake().await;
    endpoint.answer("UpdateService", Answer::json(&json!({})));
    let step = Step::SetDesired { service: 0, count: 3 };
    aws(&endpoint).await.apply(&aurora(), step).await.unwrap();
    let wanted = json!({"cluster": "c", "service": "web", "desiredCount": 3});
    assert_eq!(endpoint.calls("UpdateService")[0].json(), wanted);
}

#[tokio::test]
async fn a_turn_keeps_what_stands_before_the_forward() {
    let endpoint = awake().await;
    let oidc = "<member><Type>authenticate-oidc</Type><Order>1</Order><AuthenticateOidcConfig>\
        <Issuer>https://id.example.com</Issuer><AuthorizationEndpoint>https://id.example.com/a</AuthorizationEndpoint>\
        <TokenEndpoint>https://id.example.com/t</TokenEndpoint><UserInfoEndpoint>https://id.example.com/u</UserInfoEndpoint>\
        <ClientId>client</ClientId></AuthenticateOidcConfig></member>";
    endpoint.answer("DescribeRules", rule(&[oidc, &forward(WAKER)].concat()));
    endpoint.answer("ModifyRule", done("ModifyRule"));
    aws(&endpoint).await.apply(&aurora(), Step::TurnRoute(RouteTarget::App)).await.unwrap();

    let sent = modified(&endpoint);
    assert_eq!(sent["RuleArn"], RULE);
    assert_eq!(sent["Actions.member.1.Type"], "authenticate-oidc");
    assert_eq!(sent["Actions.member.1.AuthenticateOidcConfig.ClientId"], "client");
    assert_eq!(sent["Actions.member.1.AuthenticateOidcConfig.UseExistingClientSecret"], "true");
    assert_eq!(sent["Actions.member.2.Type"], "forward");
    assert_eq!(sent["Actions.member.2.TargetGroupArn"], APP);
}

/// The form fields of the last `ModifyRule`.
fn modified(endpoint: &Endpoint) -> BTreeMap<String, String> {
    endpoint.calls("ModifyRule").last().unwrap().form()
}

/// A forward as AWS describes it.
fn weighted(group: &str, weight: &str) -> String {
    format!(
        "<member><Type>forward</Type><TargetGroupArn>{group}</TargetGroupArn><ForwardConfig><TargetGroups>\
         <member><TargetGroupArn>{group}</TargetGroupArn><Weight>{weight}</Weight></member></TargetGroups>\
         </ForwardConfig></member>"
    )
}

#[tokio::test]
async fn a_locked_route_is_not_turned_to_the_app_until_it_is_unlocked() {
    let endpoint = awake().await;
    endpoint.answer("ModifyRule", done("ModifyRule"));
    for (group, calls) in [(APP, 0), (WAKER, 1)] {
        endpoint.answer("DescribeRules", rule(&forward(group)));
        aws(&endpoint).await.apply(&aurora(), Step::LockRoute).await.unwrap();
        assert_eq!(endpoint.calls("ModifyRule").len(), calls, "only where it leads to the waker");
    }
    let sent = modified(&endpoint);
    let group = "Actions.member.1.ForwardConfig.TargetGroups.member.1";
    assert_eq!(sent["Actions.member.1.TargetGroupArn"], WAKER);
    assert_eq!(sent[&format!("{group}.TargetGroupArn")], WAKER);

    endpoint.answer("DescribeRules", rule(&weighted(WAKER, &sent[&format!("{group}.Weight")])));
    let app = Step::TurnRoute(RouteTarget::App);
    let error = aws(&endpoint).await.apply(&aurora(), app).await.unwrap_err();
    assert_eq!((error.call, error.kind), ("ModifyRule", FaultKind::WrongState));
    assert_eq!(endpoint.calls("ModifyRule").len(), 1);

    aws(&endpoint).await.apply(&aurora(), Step::TurnRoute(RouteTarget::Waker)).await.unwrap();
    let sent = modified(&endpoint);
    assert!(!sent.keys().any(|key| key.contains("Weight")), "{sent:?}");
    endpoint.answer("DescribeRules", rule(&weighted(WAKER, "1")));
    aws(&endpoint).await.apply(&aurora(), app).await.unwrap();
    assert_eq!(modified(&endpoint)["Actions.member.1.TargetGroupArn"], APP);
}

#[tokio::test]
async fn a_route_with_cognito_that_may_not_be_written_names_the_permission() {
    let endpoint = awake().await;
    let cognito = "<member><Type>authenticate-cognito</Type><Order>1</Order><AuthenticateCognitoConfig>\
        <UserPoolArn>arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI</UserPoolArn>\
        <UserPoolClientId>client</UserPoolClientId><UserPoolDomain>app</UserPoolDomain>\
        </AuthenticateCognitoConfig></member>";
    endpoint.answer("DescribeRules", rule(&[cognito, &forward(WAKER)].concat()));
    let refused = |message: &str| Answer::xml_error("InvalidLoadBalancerAction", message);
    let turn = async |answer: Answer| {
        endpoint.answer("ModifyRule", answer);
        let step = Step::TurnRoute(RouteTarget::App);
        aws(&endpoint).await.apply(&aurora(), step).await.unwrap_err()
    };
    let denied = turn(refused("User is not authorized to perform 'describeUserPoolClient'")).await;
    assert_eq!((denied.call, denied.kind), ("ModifyRule", FaultKind::Denied));
    let cause = std::error::Error::source(&denied).unwrap().to_string();
    assert!(cause.contains("lacks cognito-idp:DescribeUserPoolClient"), "{cause}");
    let pool = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI";
    assert_eq!(modified(&endpoint)["Actions.member.1.AuthenticateCognitoConfig.UserPoolArn"], pool);

    let other = turn(refused("The user pool client must have a client secret")).await;
    assert_eq!(other.kind, FaultKind::Rejected);
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
    assert_eq!(endpoint.calls("StartDBCluster")[0].form()["DBClusterIdentifier"], "db");
    assert_eq!(endpoint.calls("StartDBInstance")[0].form()["DBInstanceIdentifier"], "one");

    endpoint.answer("StartDBCluster", Answer::xml_error("InvalidDBClusterStateFault", "m"));
    let error = aws(&endpoint).await.apply(&aurora(), Step::StartDatabase).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::WrongState);
}

#[tokio::test]
async fn a_database_is_stopped_by_its_kind() {
    let endpoint = awake().await;
    endpoint.answer("StopDBCluster", done("StopDBCluster"));
    endpoint.answer("StopDBInstance", done("StopDBInstance"));
    let instance = environment(&json!({"kind": "instance", "identifier": "one"}));
    aws(&endpoint).await.apply(&aurora(), Step::StopDatabase).await.unwrap();
    aws(&endpoint).await.apply(&instance, Step::StopDatabase).await.unwrap();
    assert_eq!(endpoint.calls("StopDBCluster")[0].form()["DBClusterIdentifier"], "db");
    assert_eq!(endpoint.calls("StopDBInstance")[0].form()["DBInstanceIdentifier"], "one");
}

pub fn described_tags(tags: &str) -> Answer {
    let described = format!("<member><ResourceArn>{RULE}</ResourceArn><Tags>{tags}</Tags></member>");
    Answer::xml("DescribeTags", &format!("<TagDescriptions>{described}</TagDescriptions>"))
}

/// That the call gives the rule this tag.
fn assert_added(call: &Request, key: &str, value: &str) {
    let sent = call.form();
    assert_eq!(sent["ResourceArns.member.1"], RULE);
    assert_eq!((sent["Tags.member.1.Key"].as_str(), sent["Tags.member.1.Value"].as_str()), (key, value));
}

#[tokio::test]
async fn the_wake_history_is_in_two_other_tags_that_are_read_before_one_is_written() {
    let endpoint = awake().await;
    endpoint.answer("AddTags", done("AddTags"));
    let tag = |key: &str, value: &str| format!("<member><Key>{key}</Key><Value>{value}</Value></member>");
    let tags =
        [tag("reveille:wakes-0", "1763700000"), tag("reveille:wakes-1", "1763700000+41 1763717000")].concat();
    endpoint.answer("DescribeTags", described_tags(&tags));
    let cloud = aws(&endpoint).await;
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    cloud.apply(&aurora(), Step::Record(WakeEvent::WakeBegan(at(1_763_717_001)))).await.unwrap();
    assert_eq!(endpoint.calls("AddTags").len(), 0, "that wake is under way already");
    cloud.apply(&aurora(), Step::Record(WakeEvent::WakeEnded(at(1_763_717_033)))).await.unwrap();
    cloud.apply(&aurora(), Step::Record(WakeEvent::WakeBegan(at(1_763_719_000)))).await.unwrap();
    for (call, key, value) in [
        (0, "reveille:wakes-1", "1763700000+41 1763717000+33"),
        (1, "reveille:wakes-0", "1763700000+41 1763717000 1763719000"),
    ] {
        assert_added(&endpoint.calls("AddTags")[call], key, value);
    }
    assert_eq!(endpoint.calls("DescribeTags").len(), 3, "one read for each step");
    let partial = cloud.observe(&aurora(), Scope::STATE_TAG).await.unwrap();
    assert_eq!(partial.wake_history.unwrap().open(at(1_763_717_010)), Some(at(1_763_717_000)));
}

#[tokio::test]
async fn a_note_is_a_tag_of_the_rule() {
    let endpoint = awake().await;
    endpoint.answer("AddTags", done("AddTags"));
    let since = "2026-11-21T06:24:17.123Z".parse::<jiff::Timestamp>().unwrap().into();
    let state_tag = StateTag::Dozing { since };
    aws(&endpoint).await.apply(&aurora(), Step::Write(state_tag)).await.unwrap();
    assert_added(&endpoint.calls("AddTags")[0], "reveille:state", "dozing 2026-11-21T06:24:17.123Z");

    for (tags, read) in [
        ("<member><Key>Name</Key><Value>app</Value></member>", StateTag::None),
        (
            "<member><Key>Name</Key><Value>app</Value></member>\
             <member><Key>reveille:state</Key><Value>dozing 2026-11-21T06:24:17.123Z</Value></member>",
            state_tag,
        ),
        ("<member><Key>reveille:state</Key><Value>by somebody else</Value></member>", StateTag::None),
    ] {
        endpoint.answer("DescribeTags", described_tags(tags));
        let partial = aws(&endpoint).await.observe(&aurora(), Scope::STATE_TAG).await.unwrap();
        assert_eq!(partial.state_tag, Some(read), "{tags}");
    }
}

/// An Aurora cluster with the Data API as its probe.
pub fn with_data_api() -> Environment {
    environment(&json!({
        "kind": "aurora", "identifier": "db",
        "probe": {"data_api": {
            "resource_arn": "arn:aws:rds:eu-west-1:111122223333:cluster:db",
            "secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
        }},
    }))
}

#[tokio::test]
async fn the_data_api_touches_and_tells() {
    let endpoint = awake().await;
    let environment = with_data_api();
    let cloud = aws(&endpoint).await;
    let answer = async || {
        let partial = cloud.observe(&environment, Scope::RUNNING).await.unwrap();
        partial.running.unwrap().database.unwrap().answer
    };
    endpoint.answer("Execute", Answer::json_error(400, "DatabaseResumingException", "m"));
    cloud.apply(&environment, Step::TouchDatabase).await.unwrap();
    assert_eq!(answer().await, DatabaseAnswer::Unknown, "it must be asked again");
    endpoint.answer("Execute", Answer::json(&json!({"records": []})));
    cloud.apply(&environment, Step::TouchDatabase).await.unwrap();
    assert_eq!(answer().await, DatabaseAnswer::Up);

    // A new sandbox after each, which remembers nothing.
    let refused = async |code: &str, message: &str| {
        endpoint.answer("Execute", Answer::json_error(400, code, message));
        let cloud = aws(&endpoint).await;
        cloud.apply(&environment, Step::TouchDatabase).await.map_err(|error| error.kind)?;
        let partial = cloud.observe(&environment, Scope::RUNNING).await.unwrap();
        Ok(partial.running.unwrap().database.unwrap().answer)
    };
    let login = "FATAL: password authentication failed for user \"app\"; SQLState: 28P01";
    let starting = "FATAL: the database system is starting up; SQLState: 57P03";
    for (code, message, answer) in [
        ("DatabaseErrorException", login, Ok(DatabaseAnswer::Up)),
        ("DatabaseErrorException", starting, Ok(DatabaseAnswer::Unknown)),
        ("StatementTimeoutException", "m", Ok(DatabaseAnswer::Up)),
        ("UnsupportedResultException", "m", Ok(DatabaseAnswer::Up)),
        ("BadRequestException", "m", Ok(DatabaseAnswer::CannotAsk)),
        ("SecretsErrorException", "m", Ok(DatabaseAnswer::CannotAsk)),
        ("InvalidSecretException", "m", Ok(DatabaseAnswer::CannotAsk)),
        ("HttpEndpointNotEnabledException", "m", Ok(DatabaseAnswer::CannotAsk)),
        ("NotFoundException", "m", Ok(DatabaseAnswer::CannotAsk)),
        ("DatabaseUnavailableException", "m", Ok(DatabaseAnswer::Unknown)),
        ("DatabaseNotFoundException", "m", Err(FaultKind::DatabaseMissing)),
        ("InvalidResourceStateException", "m", Err(FaultKind::WrongState)),
        ("ForbiddenException", "m", Err(FaultKind::Denied)),
    ] {
        assert_eq!(refused(code, message).await, answer, "{code} {message}");
    }

    endpoint.answer("Execute", Answer::json_error(403, "AccessDeniedException", "m"));
    let error = cloud.apply(&environment, Step::TouchDatabase).await.unwrap_err();
    assert_eq!((error.call, error.kind), ("ExecuteStatement", FaultKind::Denied));
}
