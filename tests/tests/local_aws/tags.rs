//! A listener rule keeps its tags when its actions change.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::Tag;

use crate::local_aws::*;

const SINCE: &str = "reveille:dozing-since";

async fn tags(stack: &Stack) -> BTreeMap<String, String> {
    let described =
        stack.elb().describe_tags().resource_arns(&stack.load_balancer.route).send().await.unwrap();
    let [rule] = described.tag_descriptions() else { panic!("{described:?}") };
    assert_eq!(rule.resource_arn(), Some(stack.load_balancer.route.as_str()));
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    rule.tags().iter().map(|tag| (text(tag.key()), text(tag.value()))).collect()
}

async fn tag(stack: &Stack, key: &str, value: &str) {
    let tag = Tag::builder().key(key).value(value).build();
    stack.elb().add_tags().resource_arns(&stack.load_balancer.route).tags(tag).send().await.unwrap();
}

#[tokio::test]
async fn a_rule_keeps_its_tags_until_they_are_removed() {
    let stack = stack(&options(app())).await;
    assert!(tags(&stack).await.is_empty());
    tag(&stack, "kept", "").await;
    tag(&stack, SINCE, "2026-01-01T00:00:00Z").await;
    // A key has one value.
    tag(&stack, SINCE, "2026-01-01T00:05:00.5Z").await;
    route_to(&stack, &stack.load_balancer.app).await;
    let expected = [("kept", ""), (SINCE, "2026-01-01T00:05:00.5Z")];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(tags(&stack).await, BTreeMap::from(expected));

    let route = &stack.load_balancer.route;
    for _ in 0..2 {
        // Idempotent: the key is already gone the second time.
        stack.elb().remove_tags().resource_arns(route).tag_keys(SINCE).send().await.unwrap();
    }
    assert_eq!(tags(&stack).await.into_keys().collect::<Vec<_>>(), ["kept"]);
}

#[tokio::test]
async fn a_rule_that_is_not_there_has_no_tags() {
    let stack = stack(&options(app())).await;
    let missing = format!("{}0", stack.load_balancer.route);
    let tag = Tag::builder().key(SINCE).value("now").build();
    let added = stack.elb().add_tags().resource_arns(&missing).tags(tag).send().await;
    assert_eq!(added.unwrap_err().code(), Some("RuleNotFound"));
    let removed = stack.elb().remove_tags().resource_arns(&missing).tag_keys(SINCE).send().await;
    assert_eq!(removed.unwrap_err().code(), Some("RuleNotFound"));
    let described = stack.elb().describe_tags().resource_arns(&missing).send().await;
    assert_eq!(described.unwrap_err().code(), Some("RuleNotFound"));
}
