//! A sandbox's view of the simulated world, through calls that take time, are limited in rate and
//! fail.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::future::try_join_all;
use tokio::time::{Instant, sleep};
use waker::{
    config::Environment,
    environment::{
        cloud::{Cloud, Step},
        fault::{CloudError, FaultKind},
        protocol::WakeMemory,
        snapshot::{DatabaseAnswer, DatabaseState, Healthy, PartialSnapshot, RouteTarget, Running, Scope},
    },
};

use crate::{
    bucket::Bucket,
    pace::Distribution,
    world::{Delays, World},
};

/// The SDK's own time-out of a call.
const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// One account with one environment.
pub struct Account {
    pub world: RefCell<World>,
    rates: Rates,
    faults: RefCell<BTreeMap<&'static str, VecDeque<Fault>>>,
    /// Calls by operation, throttled ones included.
    pub calls: RefCell<BTreeMap<&'static str, u32>>,
    pub throttled: Cell<u32>,
    /// Sandboxes that were created.
    pub sandboxes: Cell<u32>,
    /// The duration of all invocations together.
    pub busy: Cell<Duration>,
    /// The highest number of `UpdateService` calls of one sandbox for one service.
    pub most_updates: Cell<u32>,
    free: RefCell<Vec<Sandbox>>,
    began: Instant,
    rng: RefCell<fastrand::Rng>,
}

/// What happens to one call instead of its success.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub kind: FaultKind,
    /// The call has its effect, but its answer is lost.
    pub after_effect: bool,
}

/// The limits of one account and region, shared by all of its environments.
#[derive(Clone)]
pub struct Rates(Rc<RefCell<Buckets>>);

/// From the service quotas of ECS and Elastic Load Balancing.
struct Buckets {
    describe_services: Bucket,
    update_service: Bucket,
    describe_balancer: Bucket,
    modify_balancer: Bucket,
    /// Half of the load balancer's rate, and how many calls exceeded it.
    half: Bucket,
    beyond_half: u32,
}

impl Rates {
    pub fn new() -> Self {
        Self(Rc::new(RefCell::new(Buckets {
            describe_services: Bucket::new(100, 20),
            update_service: Bucket::new(50, 5),
            describe_balancer: Bucket::new(40, 10),
            modify_balancer: Bucket::new(20, 3),
            half: Bucket::new(20, 5),
            beyond_half: 0,
        })))
    }

    pub fn beyond_half(&self) -> u32 {
        self.0.borrow().beyond_half
    }
}

impl Account {
    pub fn new(environment: &Environment, delays: Delays) -> Rc<Self> {
        Self::sharing(environment, delays, Rates::new())
    }

    /// Shares the account with other environments.
    pub fn sharing(environment: &Environment, delays: Delays, rates: Rates) -> Rc<Self> {
        Rc::new(Self {
            world: RefCell::new(World::new(environment, delays)),
            rates,
            faults: RefCell::default(),
            calls: RefCell::default(),
            throttled: Cell::default(),
            sandboxes: Cell::default(),
            busy: Cell::default(),
            most_updates: Cell::default(),
            free: RefCell::default(),
            began: Instant::now(),
            rng: RefCell::new(fastrand::Rng::with_seed(1)),
        })
    }

    fn sample(&self, time: Distribution) -> Duration {
        time.sample(&mut self.rng.borrow_mut())
    }

    /// Where a request lands: the nodes of the load balancer follow a turned route one by one.
    pub fn landing(&self) -> RouteTarget {
        let world = self.world.borrow();
        world.route_before(self.sample(world.delays.propagation))
    }

    fn ecs_lag(&self) -> Duration {
        self.sample(self.world.borrow().delays.ecs_lag)
    }

    fn elb_lag(&self) -> Duration {
        self.sample(self.world.borrow().delays.elb_lag)
    }

    /// Whether a start has failed for good, and every observation shows it.
    pub fn wake_has_failed(&self) -> bool {
        let world = self.world.borrow();
        let lag = world.delays.ecs_lag.longest();
        (0..world.services.len()).any(|index| world.service_before(index, lag).0.failure.is_some())
    }

    /// The time of day.
    pub fn time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_hours(1) + self.began.elapsed()
    }

    /// Makes the next call of that operation fail, after those that already will.
    pub fn fail(&self, call: &'static str, fault: Fault) {
        self.faults.borrow_mut().entry(call).or_default().push_back(fault);
    }

    /// Faults that no call has met yet.
    pub fn faults_left(&self) -> usize {
        self.faults.borrow().values().map(VecDeque::len).sum()
    }

    /// An idle sandbox, or else a new one, as in Lambda.
    pub fn sandbox(self: &Rc<Self>) -> Sandbox {
        let free = self.free.borrow_mut().pop();
        free.unwrap_or_else(|| {
            self.sandboxes.set(self.sandboxes.get() + 1);
            Sandbox {
                account: Rc::clone(self),
                touched: Cell::new(false),
                updates: RefCell::default(),
                congestion: 0,
                memory: WakeMemory::default(),
            }
        })
    }

    /// Returns the sandbox after an invocation that took so long.
    pub fn give_back(&self, sandbox: Sandbox, took: Duration) {
        self.busy.set(self.busy.get() + took);
        self.free.borrow_mut().push(sandbox);
    }

    pub fn called(&self, call: &str) -> u32 {
        self.calls.borrow().get(call).copied().unwrap_or_default()
    }

    /// One call: its time, its rate, its fault, then its effect.
    async fn call<T>(
        &self,
        call: &'static str,
        effect: impl FnOnce(&mut World) -> T,
    ) -> Result<T, CloudError> {
        *self.calls.borrow_mut().entry(call).or_default() += 1;
        let latency = self.world.borrow().delays.call;
        sleep(self.sample(latency)).await;
        if !self.within_rate(call) {
            self.throttled.set(self.throttled.get() + 1);
            return Err(CloudError::new(FaultKind::Throttled, call, "Rate exceeded"));
        }
        let fault = self.faults.borrow_mut().get_mut(call).and_then(VecDeque::pop_front);
        let Some(Fault { kind, after_effect }) = fault else {
            return Ok(effect(&mut self.world.borrow_mut()));
        };
        if after_effect {
            effect(&mut self.world.borrow_mut());
        }
        if kind == FaultKind::TimedOut {
            sleep(CALL_TIMEOUT).await;
        }
        Err(CloudError::new(kind, call, "set to fail"))
    }

    fn within_rate(&self, call: &'static str) -> bool {
        let mut buckets = self.rates.0.borrow_mut();
        match call {
            "DescribeServices" => buckets.describe_services.take(),
            "UpdateService" => buckets.update_service.take(),
            "DescribeRules" | "DescribeTags" | "DescribeTargetHealth" => {
                let with_budget = buckets.half.take();
                buckets.beyond_half += u32::from(!with_budget);
                buckets.describe_balancer.take()
            }
            "AddTags" | "ModifyRule" => buckets.modify_balancer.take(),
            // Calls without a documented rate.
            _ => true,
        }
    }
}

/// One Lambda sandbox.
pub struct Sandbox {
    account: Rc<Account>,
    touched: Cell<bool>,
    /// `UpdateService` calls by service.
    updates: RefCell<BTreeMap<usize, u32>>,
    pub congestion: u32,
    pub memory: WakeMemory,
}

impl Cloud for Sandbox {
    async fn observe(&self, environment: &Environment, scope: Scope) -> Result<PartialSnapshot, CloudError> {
        let lag = self.account.elb_lag();
        let (running, healthy, route, tags, scaling) = tokio::try_join!(
            when(scope.contains(Scope::RUNNING), self.running(environment)),
            when(scope.contains(Scope::HEALTHY), self.healthy(environment)),
            when(
                scope.contains(Scope::ROUTE),
                self.account.call("DescribeRules", |world| world.route_before(lag))
            ),
            when(
                scope.contains(Scope::STATE_TAG),
                self.account.call("DescribeTags", |world| {
                    (world.state_tag, world.wake_history(), world.suspended)
                })
            ),
            when(
                scope.contains(Scope::SCALING),
                self.account.call("DescribeScalableTargets", |world| world.scaling.clone())
            ),
        )?;
        let (state_tag, wake_history, suspended) = match tags {
            Some((state_tag, wake_history, suspended)) => {
                (Some(state_tag), Some(wake_history), Some(suspended))
            }
            None => (None, None, None),
        };
        Ok(PartialSnapshot {
            running,
            healthy,
            route,
            state_tag,
            wake_history,
            suspended,
            scaling,
            ..PartialSnapshot::default()
        })
    }

    async fn apply(&self, _: &Environment, step: Step) -> Result<(), CloudError> {
        let account = &self.account;
        match step {
            Step::SetDesired { service, count } => {
                let updates = *self.updates.borrow_mut().entry(service).and_modify(|n| *n += 1).or_insert(1);
                account.most_updates.set(account.most_updates.get().max(updates));
                account.call("UpdateService", |world| world.set_desired(service, count)).await
            }
            Step::Deploy { service, count } => {
                account.call("UpdateService", |world| world.deploy(service, count)).await
            }
            Step::StartDatabase => {
                let started = account.call("StartDBCluster", World::start_database).await?;
                let wrong = || CloudError::new(FaultKind::WrongState, "StartDBCluster", "is not stopped");
                started.then_some(()).ok_or_else(wrong)
            }
            Step::TouchDatabase => {
                account.call("Touch", World::touch).await?;
                self.touched.set(true);
                Ok(())
            }
            Step::TurnRoute(to) => {
                let turned = account.call("ModifyRule", |world| world.turn(to)).await?;
                let wrong = || CloudError::new(FaultKind::WrongState, "ModifyRule", "is locked");
                turned.then_some(()).ok_or_else(wrong)
            }
            Step::LockRoute => account.call("ModifyRule", World::lock).await,
            Step::SetSuspended { service, activities } => {
                let set = |world: &mut World| world.scaling.0[service] = Some(activities);
                account.call("RegisterScalableTarget", set).await
            }
            Step::WriteSuspended(suspended) => {
                account.call("AddTags", |world| world.suspended = suspended).await
            }
            Step::Write(state_tag) => account.call("AddTags", |world| world.state_tag = state_tag).await,
            Step::Record(event) => {
                let wake_history =
                    account.call("DescribeTags", |world| world.wake_history().enter(event)).await?;
                match wake_history {
                    Some(wake_history) => {
                        account.call("AddTags", |world| world.tags.extend([wake_history.tag()])).await
                    }
                    None => Ok(()),
                }
            }
            Step::StopDatabase => account.call("StopDBCluster", World::stop_database).await,
        }
    }
}

async fn when<T>(
    wanted: bool,
    read: impl Future<Output = Result<T, CloudError>>,
) -> Result<Option<T>, CloudError> {
    if wanted { read.await.map(Some) } else { Ok(None) }
}

impl Sandbox {
    async fn running(&self, environment: &Environment) -> Result<Running, CloudError> {
        let lag = self.account.ecs_lag();
        let (services, status) = tokio::try_join!(
            self.account.call("DescribeServices", |world| {
                let services = 0..environment.services.len();
                services.map(|index| Some(world.service_before(index, lag).0)).collect()
            }),
            self.account.call("DescribeDBClusters", |world| world.status()),
        )?;
        Ok(Running {
            services,
            database: status.map(|status| DatabaseState {
                status,
                answer: self.answer(),
                pauses: true,
                stoppable: true,
            }),
        })
    }

    async fn healthy(&self, environment: &Environment) -> Result<Healthy, CloudError> {
        let counts = environment.services.iter().enumerate().map(async |(index, service)| {
            match service.target_group_arn {
                Some(_) => {
                    let lag = self.account.elb_lag();
                    self.account
                        .call("DescribeTargetHealth", |world| world.service_before(index, lag).1)
                        .await
                }
                None => Ok(None),
            }
        });
        try_join_all(counts).await.map(Healthy)
    }

    fn answer(&self) -> DatabaseAnswer {
        match self.touched.get() {
            false => DatabaseAnswer::Unknown,
            true if self.account.world.borrow().database_up() => DatabaseAnswer::Up,
            true => DatabaseAnswer::Awaited,
        }
    }
}
