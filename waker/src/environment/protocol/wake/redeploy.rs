//! Services whose last deployment failed, in a wake by command.
//!
//! ECS's circuit breaker starts no more tasks of a deployment that it has given up, and AWS does not
//! document that a new desired count changes that. A new deployment of the same task definition does,
//! and may succeed once its cause is fixed. A visitor starts none: each would delay the next
//! deployment.
//!
//! One invocation deploys each service once. Until ECS shows the new deployment, it waits.

use std::time::SystemTime;

use super::Wake;
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        fault::FaultKind,
        plan::{self, Phase, Plan},
        snapshot::{RouteTarget, Snapshot, Tasks},
    },
};

/// The services that this invocation has deployed, with the creation time of the failed deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Redeployed(Vec<(usize, Option<SystemTime>)>);

impl Wake {
    /// For a wake by command: a start that was given up is retried, and a service whose deployment
    /// failed gets a new one.
    #[must_use]
    pub fn ignore_give_up(self) -> Self {
        Self { redeployed: Some(Redeployed::default()), ..self }
    }
}

impl Redeployed {
    /// The plan, with a new deployment for each service that needs one to start.
    pub(super) fn plan(&mut self, environment: &Environment, snapshot: &Snapshot) -> Plan {
        let mut expected = snapshot.clone();
        let mut failed = Vec::new();
        for (index, service) in environment.services.iter().enumerate() {
            let Some(Some(tasks)) = expected.running.services.get_mut(index) else { continue };
            if !tasks.rollout_failed || tasks.running >= service.count.max(tasks.desired) {
                continue;
            }
            match self.0.iter().find(|(other, _)| *other == index) {
                None => failed.push((index, *tasks)),
                Some((_, before)) if *before == tasks.deployed => {}
                // The new deployment has failed as well.
                Some(_) => continue,
            }
            tasks.failure = None;
        }
        let mut plan = plan::awake(environment, &expected);
        let waits = plan.steps.contains(&Step::TurnRoute(RouteTarget::Waker));
        if !waits && !matches!(plan.phase, Phase::Ready | Phase::TurningRoute | Phase::Failed(_)) {
            for (index, tasks) in failed {
                self.deploy(environment, index, tasks, &mut plan.steps);
            }
        }
        plan
    }

    /// Replaces the step that sets the desired count, or comes at once where the count is set already.
    fn deploy(&mut self, environment: &Environment, index: usize, tasks: Tasks, steps: &mut Vec<Step>) {
        let planned = steps.iter_mut().find_map(|step| match *step {
            Step::SetDesired { service, count } if service == index => Some((step, count)),
            _ => None,
        });
        match planned {
            Some((step, count)) => *step = Step::Deploy { service: index, count },
            None if tasks.desired >= environment.services[index].count => {
                steps.push(Step::Deploy { service: index, count: tasks.desired });
            }
            // It comes after a service that is not ready yet.
            None => return,
        }
        self.0.push((index, tasks.deployed));
    }

    /// A step that failed may be retried.
    pub(super) fn forget(&mut self, faults: &[(Step, FaultKind)]) {
        for (step, _) in faults {
            if let Step::Deploy { service, .. } = step {
                self.0.retain(|(index, _)| index != service);
            }
        }
    }
}
