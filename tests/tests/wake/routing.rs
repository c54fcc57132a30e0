//! The load balancer follows a turned route with a delay.

use crate::wake::*;

#[tokio::test]
async fn no_client_runs_out_of_redirects_while_the_load_balancer_lags() {
    let mut options = options();
    options.settings.rule_propagation_seconds = Some(4.0);
    let stack = stack(&options).await;
    // This client gives up after ten.
    let answer = client().get(stack.url()).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "visit 1\n");
    let redirects = stack.log().named("lambda_invoked").len();
    assert!((2..=10).contains(&redirects), "{redirects}");
}
