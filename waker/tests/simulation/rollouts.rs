//! Deployments that ECS has given up: it starts no more of their tasks.

use std::{rc::Rc, time::Duration};

use waker::environment::{
    drive::drive,
    failure::{Failure, StartFailure},
    protocol::{Outcome, ResponseMode, Wake},
};

use crate::{
    cloud::{client::LIMIT, delays::Delays},
    driver::Account,
    environment,
    visitor::{Answer, Client, request},
};

const FAILED: Failure = Failure::Start(StartFailure::DeploymentFailed);

/// Asleep, and the app's last deployment has failed. ECS returns states that are up to 2 s old.
fn account(next_fails: bool) -> Rc<Account> {
    let delays = Delays { ecs_lag: Delays::AWS.ecs_lag, ..Delays::default() };
    let account = Account::new(&environment(25), delays);
    {
        let mut resources = account.resources(&environment(25));
        let app = &mut resources.services[0];
        app.gives_up = true;
        app.deploy(0);
        app.gives_up = next_fails;
        resources.changed(0);
    }
    account
}

fn deployments(account: &Account, service: usize) -> u32 {
    account.resources(&environment(25)).services[service].deployments
}

async fn by_command(account: &Rc<Account>) -> Outcome {
    let sandbox = account.sandbox();
    let mut wake = Wake::new(ResponseMode::Hold(LIMIT), account.time(), LIMIT, 1, 0).ignore_give_up();
    drive(&sandbox, &environment(25), &mut wake).await.outcome
}

#[tokio::test(start_paused = true)]
async fn a_visitor_reads_that_the_deployment_has_failed_and_starts_none() {
    let account = account(false);
    let client = Client::new(ResponseMode::Hold(LIMIT));
    for seed in 0..10 {
        let answer = request(&account, &environment(25), client, seed).await;
        assert_eq!(answer, Answer::Failed(FAILED));
    }
    assert_eq!(deployments(&account, 0), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wake_by_command_starts_one_and_the_app_is_ready() {
    let account = account(false);
    assert_eq!(by_command(&account).await, Outcome::Ready);
    assert_eq!(account.resources(&environment(25)).services[0].desired, 2);
    let all = [0, 1, 2].map(|service| deployments(&account, service));
    assert_eq!(all, [2, 0, 0], "the others have not failed");
}

#[tokio::test(start_paused = true)]
async fn a_command_a_moment_later_starts_no_further_one() {
    let account = account(false);
    let later = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        by_command(&account).await
    };
    assert_eq!(tokio::join!(by_command(&account), later), (Outcome::Ready, Outcome::Ready));
    assert_eq!(deployments(&account, 0), 2, "the second one finds a deployment under way");
}

#[tokio::test(start_paused = true)]
async fn a_new_deployment_that_fails_as_well_is_not_followed_by_another() {
    let account = account(true);
    assert_eq!(by_command(&account).await, Outcome::Failed(FAILED));
    assert_eq!(deployments(&account, 0), 2);
}
