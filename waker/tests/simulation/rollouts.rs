//! Deployments that ECS has given up: it starts no more of their tasks.

use std::{rc::Rc, time::Duration};

use waker::environment::{
    drive::drive,
    failure::{Failure, StartFailure},
    protocol::{Outcome, ResponseMode, Wake},
};

use crate::{
    cloud::Account,
    environment,
    pace::Pace,
    visitor::{Answer, Client, LIMIT, request},
    world::{Delays, Rollout},
};

const FAILED: Failure = Failure::Start(StartFailure::DeploymentFailed);

/// Asleep, and the app's last deployment has failed. ECS returns states that are up to 2 s old.
fn account(next: Rollout) -> Rc<Account> {
    let lag = Pace::aws().of("ecs_read_lag");
    let account = Account::new(&environment(25), Delays { ecs_lag: lag, ..Delays::default() });
    {
        let mut world = account.world.borrow_mut();
        world.services[0].rollout = Rollout::Fails;
        world.deploy(0, 0);
        world.services[0].rollout = next;
    }
    account
}

async fn by_command(account: &Rc<Account>) -> Outcome {
    let sandbox = account.sandbox();
    let mut wake = Wake::new(ResponseMode::Hold(LIMIT), account.time(), LIMIT, 1, 0).ignore_give_up();
    drive(&sandbox, &environment(25), &mut wake).await.outcome
}

#[tokio::test(start_paused = true)]
async fn a_visitor_reads_that_the_deployment_has_failed_and_starts_none() {
    let account = account(Rollout::Completes);
    let client = Client::new(ResponseMode::Hold(LIMIT));
    for seed in 0..10 {
        let answer = request(&account, &environment(25), client, seed).await;
        assert_eq!(answer, Answer::Failed(FAILED));
    }
    assert_eq!(account.world.borrow().deployments(0), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wake_by_command_starts_one_and_the_app_is_ready() {
    let account = account(Rollout::Completes);
    assert_eq!(by_command(&account).await, Outcome::Ready);
    let world = account.world.borrow();
    assert_eq!((world.deployments(0), world.desired(0)), (2, 2));
    assert_eq!((world.deployments(1), world.deployments(2)), (0, 0), "they have not failed");
}

#[tokio::test(start_paused = true)]
async fn a_command_a_moment_later_starts_no_further_one() {
    let account = account(Rollout::Completes);
    let later = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        by_command(&account).await
    };
    assert_eq!(tokio::join!(by_command(&account), later), (Outcome::Ready, Outcome::Ready));
    assert_eq!(account.world.borrow().deployments(0), 2, "the second one finds a deployment under way");
}

#[tokio::test(start_paused = true)]
async fn a_new_deployment_that_fails_as_well_is_not_followed_by_another() {
    let account = account(Rollout::Fails);
    assert_eq!(by_command(&account).await, Outcome::Failed(FAILED));
    assert_eq!(account.world.borrow().deployments(0), 2);
}
