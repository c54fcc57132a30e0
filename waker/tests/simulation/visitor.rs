//! Clients of the load balancer.

use std::{rc::Rc, time::Duration};

use tokio::time::{Instant, sleep};
use waker::{
    config::{Environment, Hold},
    environment::{
        drive::drive,
        failure::Failure,
        protocol::{Outcome, ResponseMode, Wake},
        snapshot::RouteTarget,
    },
};

use crate::{
    cloud::client::{BROWSER_REDIRECTS, LIMIT, PROGRAM_REDIRECTS, comes_back},
    driver::Account,
};

/// The final result of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    App,
    /// The load balancer's own 503: the route points to an app without targets.
    Bare503,
    Waiting,
    Failed(Failure),
    /// The client gave up following redirects.
    TooManyRedirects,
    /// What stands in front of the function had no answer in its time: 504.
    GatewayTimeout,
    /// Lambda ended the invocation: 502.
    BadGateway,
}

/// A client, and the time-outs between it and the function.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    pub mode: ResponseMode,
    /// How long the load balancer, or what stands before it, waits for an answer.
    pub front: Duration,
    /// The function's time-out, less the handler's margin.
    pub limit: Duration,
}

impl Client {
    pub fn new(mode: ResponseMode) -> Self {
        Self { mode, front: Duration::from_mins(1), limit: LIMIT }
    }

    /// A client that follows redirects; the function's time-out is longer than the hold.
    pub fn held(hold: Hold, front: Duration) -> Self {
        let limit = Duration::from_secs(59).max(hold.time + Duration::from_secs(29));
        Self { mode: ResponseMode::Rounds(hold), front, limit }
    }

    fn redirects(&self) -> u32 {
        match self.mode {
            ResponseMode::Page | ResponseMode::Hold(_) => BROWSER_REDIRECTS,
            ResponseMode::Rounds(_) => PROGRAM_REDIRECTS,
        }
    }
}

/// One request with its redirects.
pub async fn request(account: &Rc<Account>, environment: &Environment, client: Client, seed: u64) -> Answer {
    for _ in 0..=client.redirects() {
        if account.landing(environment) == RouteTarget::App {
            let answers = account.resources(environment).app().healthy() > 0;
            return if answers { Answer::App } else { Answer::Bare503 };
        }
        match invoke(account, environment, client, seed).await {
            Ok(Outcome::Ready | Outcome::HoldAgain(_)) => {}
            Ok(Outcome::Waiting(_) | Outcome::OverBudget | Outcome::NotStarted) => return Answer::Waiting,
            Ok(Outcome::Failed(failure)) => return Answer::Failed(failure),
            Err(answer) => return answer,
        }
    }
    Answer::TooManyRedirects
}

/// One invocation, in an idle sandbox or a new one.
async fn invoke(
    account: &Rc<Account>,
    environment: &Environment,
    client: Client,
    seed: u64,
) -> Result<Outcome, Answer> {
    let start = Instant::now();
    let doomed = account.wake_has_failed(environment);
    let sandbox = account.sandbox();
    let (congestion, memory) = sandbox.remembers(environment);
    let mut wake = Wake::new(client.mode, account.time(), client.limit, seed, congestion).with_memory(memory);
    let report = drive(&sandbox, environment, &mut wake).await;
    sandbox.remember(environment, wake.congestion(), wake.memory());
    let took = Instant::now() - start;
    account.give_back(sandbox, took);
    if took > client.limit {
        return Err(Answer::BadGateway);
    }
    if took > client.front {
        return Err(Answer::GatewayTimeout);
    }
    match report.outcome {
        Outcome::Ready => {
            assert!(account.database_up(environment), "redirected before the database was up");
            let resources = account.resources(environment);
            let target = resources.route.target();
            assert_eq!(target, RouteTarget::App, "redirected, but the route points elsewhere");
            assert!(resources.app().healthy() > 0, "redirected before a target was healthy");
        }
        Outcome::HoldAgain(_) => {
            let observed = report.latest.running.is_some();
            assert!(
                !(doomed && observed),
                "redirected although an observation showed that the wake had failed"
            );
        }
        _ => {}
    }
    Ok(report.outcome)
}

/// A client that comes back after each 503, as `Retry-After` and the waiting page say, until the
/// app answers or `give_up` is over.
pub async fn persistent(
    account: &Rc<Account>,
    environment: &Environment,
    client: Client,
    seed: u64,
    give_up: Duration,
) -> Answer {
    let start = Instant::now();
    loop {
        let answer = request(account, environment, client, seed).await;
        if answer == Answer::App || start.elapsed() > give_up {
            return answer;
        }
        let after = comes_back(client.mode == ResponseMode::Page, answer != Answer::Waiting);
        sleep(Duration::from_millis(after)).await;
    }
}
