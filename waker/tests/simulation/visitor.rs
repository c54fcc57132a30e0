//! Clients at the load balancer.

use std::{rc::Rc, time::Duration};

use tokio::time::{Instant, sleep};
use waker::{
    config::Environment,
    environment::{
        drive::drive,
        failure::Failure,
        observed::RouteTarget,
        protocol::{Outcome, Patience, Wake},
    },
};

use crate::cloud::Account;

/// What a request came to in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    App,
    /// The load balancer's own 503: the route points to an app without targets.
    Bare503,
    Waiting,
    Failed(Failure),
    /// The client gave up following redirects.
    TooManyRedirects,
}

/// The Lambda's time-out in the documented set-up, less the handler's margin.
pub const LIMIT: Duration = Duration::from_secs(29);
/// What browsers follow; curl follows 50.
const REDIRECTS: u32 = 20;

/// One request with its redirects, each of which meets a new sandbox.
pub async fn request(
    account: &Rc<Account>,
    environment: &Environment,
    patience: Patience,
    seed: u64,
) -> Answer {
    for _ in 0..REDIRECTS {
        if account.world.borrow().landing() == RouteTarget::App {
            let answers = account.world.borrow().app_answers(environment);
            return if answers { Answer::App } else { Answer::Bare503 };
        }
        let start = Instant::now();
        let mut sandbox = account.sandbox();
        let mut wake = Wake::new(patience, account.time(), LIMIT, seed, sandbox.congestion)
            .remembering(sandbox.remembered);
        let report = drive(&sandbox, environment, &mut wake).await;
        (sandbox.congestion, sandbox.remembered) = (wake.congestion(), wake.remembered());
        let took = Instant::now() - start;
        account.give_back(sandbox, took);
        assert!(took <= LIMIT, "answered after {took:?}, when Lambda has ended the invocation");
        match report.outcome {
            Outcome::Ready => {
                let world = account.world.borrow();
                assert_eq!(world.route(), RouteTarget::App, "redirected, but the route points elsewhere");
                assert!(world.app_answers(environment), "redirected before a target was healthy");
                assert!(world.database_up(), "redirected before the database was up");
            }
            Outcome::HoldAgain(_) => {}
            Outcome::Waiting(_) | Outcome::OverBudget => return Answer::Waiting,
            Outcome::Failed(failure) => return Answer::Failed(failure),
        }
    }
    Answer::TooManyRedirects
}

/// A client that comes back after each 503, as `Retry-After` and the waiting page
/// tell it to, until the app answers or `patience` is over.
pub async fn persistent(
    account: &Rc<Account>,
    environment: &Environment,
    patience: Patience,
    seed: u64,
    give_up: Duration,
) -> Answer {
    let start = Instant::now();
    loop {
        let answer = request(account, environment, patience, seed).await;
        if answer == Answer::App || start.elapsed() > give_up {
            return answer;
        }
        sleep(Duration::from_secs(match (answer, patience) {
            (Answer::Waiting, Patience::Page) => 2,
            (Answer::Waiting, Patience::Hold(_) | Patience::Rounds(_)) => 5,
            (_, Patience::Page) => 15,
            (_, Patience::Hold(_) | Patience::Rounds(_)) => 30,
        }))
        .await;
    }
}
