//! A start that keeps failing is given up.

use reveille_tests::ministack::Settings;

use crate::sleep::*;

#[tokio::test]
async fn it_is_given_up_its_reason_is_kept_and_a_further_try_is_made_by_hand() {
    let mut options = options();
    options.settings.start_failure =
        Some(Some("CannotPullContainerError: pull image manifest: image not found".to_owned()));
    options.settings.start_retry_seconds = Some(0.1);
    let mut stack = asleep(&options).await;
    let visit_once = async |stack: &Stack| {
        let answer = reqwest::get(stack.url()).await.unwrap();
        let status = answer.status().as_u16();
        let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, problem["code"].clone())
    };
    let failed = (503, json!("image_not_pulled"));
    assert_eq!(visit_once(&stack).await, failed);
    // A tick may come before the third start has failed; giving up sets the count to 0.
    let given_up = |said: &Value| said["error"] == "image_not_pulled" && said["steps"] != 0;
    let said = tick_until(&stack, given_up).await;
    assert_eq!(said.last().unwrap()["state"], "failed", "{said:#?}");
    assert_eq!(route_and_count(&stack).await, ("waker", 0), "{said:#?}");

    // No tick starts it again for a while: the reason is known.
    let before = stack.log().named("desired_count_set").len();
    assert_eq!(visit_once(&stack).await, failed);
    assert_eq!(stack.log().named("desired_count_set").len(), before);
    let status = stack.invoke(&json!({"reveille": "status"})).await.unwrap();
    assert_eq!(status["environments"][0]["error"], "image_not_pulled");

    stack.ministack.change(&Settings { start_failure: Some(None), ..Settings::default() }).await.unwrap();
    let wake = json!({"reveille": "wake", "environment": "demo", "wait": true});
    assert_eq!(stack.invoke(&wake).await.unwrap()["environments"][0]["state"], "awake");
    assert_eq!(visit(&stack).await, "visit 1\n");
}
