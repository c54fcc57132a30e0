//! Calls of the local AWS's API for which there is no client here, or that no client makes in this
//! form.

use reqwest::RequestBuilder;
use reveille_tests::python::Venv;
use reveille_tests::stack::Stack;
use serde_json::{Value, json};
use tokio::process::Command;

/// Calls an operation of the service with botocore, which is installed in every emulator's
/// environment.
const SIGNED: &str = include_str!("signed-call.py");

/// An IAM user's credentials.
#[derive(Debug)]
pub(crate) struct User {
    pub key_id: String,
    pub secret: String,
}

/// The status and the answer of an operation with a JSON request, by its target.
pub(crate) async fn json_call(stack: &Stack, target: &str, call: &Value) -> (u16, Value) {
    answer(json_request(stack, target, call)).await
}

pub(crate) fn json_request(stack: &Stack, target: &str, call: &Value) -> RequestBuilder {
    reqwest::Client::new()
        .post(stack.ministack.endpoint())
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(call.to_string())
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// A request of a service with form-encoded requests, by its signing name.
pub(crate) fn form_request(stack: &Stack, service: &str, form: &[(&str, &str)]) -> RequestBuilder {
    let credential = format!("Credential=test/20260101/us-east-1/{service}/aws4_request");
    reqwest::Client::new()
        .post(stack.ministack.endpoint())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"))
        .body(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish())
}

/// Makes a user, while policies are not enforced.
pub(crate) async fn user(stack: &Stack, name: &str) -> User {
    iam(stack, &[("Action", "CreateUser"), ("UserName", name)]).await;
    let made = iam(stack, &[("Action", "CreateAccessKey"), ("UserName", name)]).await;
    let element = |tag: &str| {
        let (_, rest) = made.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once("</").unwrap().0.to_owned()
    };
    User { key_id: element("AccessKeyId"), secret: element("SecretAccessKey") }
}

/// Allows a user exactly these actions, each on its resource, while policies are not enforced.
pub(crate) async fn allow(stack: &Stack, name: &str, actions: &[(&str, &str)]) {
    let statements: Vec<_> = actions
        .iter()
        .map(|(action, resource)| json!({ "Effect": "Allow", "Action": action, "Resource": resource }))
        .collect();
    let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let policy = [("PolicyName", "test"), ("PolicyDocument", &document), ("UserName", name)];
    iam(stack, &[&[("Action", "PutUserPolicy")], &policy[..]].concat()).await;
}

async fn iam(stack: &Stack, form: &[(&str, &str)]) -> String {
    let form = [form, &[("Version", "2010-05-08")]].concat();
    let answer = form_request(stack, "iam", &form).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{form:?}: {text}");
    text
}

/// The result of a user's signed call of Application Auto Scaling: the answer, or the error's code
/// and message.
pub(crate) async fn signed(
    stack: &Stack,
    user: &User,
    operation: &str,
    call: &Value,
) -> Result<Value, String> {
    let venv = tokio::task::spawn_blocking(|| Venv::with("requirements.txt")).await.unwrap().unwrap();
    let output = Command::new(venv.program("python"))
        .args(["-c", SIGNED, stack.ministack.endpoint(), &user.key_id, &user.secret, operation])
        .arg(call.to_string())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    match said["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(said["answer"].clone()),
    }
}
