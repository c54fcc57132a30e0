//! Inline policies of roles, with and without one of their statements.

use std::collections::BTreeSet;

use reveille_tests::ministack::{Ministack, Settings};
use serde_json::{Value, json};

use crate::infra::control_plane::iam;

/// A policy in the local AWS, by its role's name and its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub role: &'static str,
    pub name: &'static str,
}

impl Policy {
    pub async fn read(self, ministack: &mut Ministack) -> Document {
        let answer = self.call(ministack, &[("Action", "GetRolePolicy")]).await;
        let (_, rest) = answer.split_once("<PolicyDocument>").unwrap();
        let (document, _) = rest.split_once("</PolicyDocument>").unwrap();
        let document = format!("document={document}");
        let (_, document) = url::form_urlencoded::parse(document.as_bytes()).next().unwrap();
        Document(serde_json::from_str(&document).unwrap())
    }

    pub async fn write(self, ministack: &mut Ministack, document: &Document) {
        let document = document.0.to_string();
        self.call(ministack, &[("Action", "PutRolePolicy"), ("PolicyDocument", &document)]).await;
    }

    /// Without credentials: the local AWS accepts an unsigned call only while it enforces nothing.
    async fn call(self, ministack: &mut Ministack, form: &[(&str, &str)]) -> String {
        let form = [form, &[("RoleName", self.role), ("PolicyName", self.name)]].concat();
        enforce(ministack, false).await;
        let answer = iam(ministack.endpoint(), &form).await.unwrap();
        enforce(ministack, true).await;
        answer
    }
}

/// From now on a role may do only what its policies allow; or anything.
pub async fn enforce(ministack: &mut Ministack, enforced: bool) {
    let settings = Settings { policies_enforced: Some(enforced), ..Settings::default() };
    ministack.change(&settings).await.unwrap();
}

/// The calls that were denied since a place in the log.
pub async fn denied_since(ministack: &mut Ministack, place: usize) -> Vec<String> {
    // The events of a call are in the log when those of a later one are.
    ministack.change(&Settings::default()).await.unwrap();
    let events = ministack.log().all();
    let denied = events[place..].iter().filter(|event| event.name == "access_denied");
    denied.map(|event| event.text("action").to_owned()).collect()
}

#[derive(Debug, Clone)]
pub struct Document(Value);

impl Document {
    pub fn sids(&self) -> BTreeSet<&str> {
        self.statements().iter().map(sid).collect()
    }

    pub fn without(&self, missing: &str) -> Self {
        let mut less = self.clone();
        let statements = less.0["Statement"].as_array_mut().unwrap();
        statements.retain(|statement| sid(statement) != missing);
        if statements.is_empty() {
            // A policy must not be empty: a permission that every caller has.
            statements.push(json!({ "Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*" }));
        }
        less
    }

    /// Whether a statement allows an action.
    pub fn allows(&self, by: &str, action: &str) -> bool {
        let statement = self.statements().iter().find(|statement| sid(statement) == by).unwrap();
        statement["Action"].as_array().unwrap().iter().any(|allowed| allowed == action)
    }

    fn statements(&self) -> &[Value] {
        self.0["Statement"].as_array().unwrap()
    }
}

fn sid(statement: &Value) -> &str {
    statement["Sid"].as_str().unwrap()
}
