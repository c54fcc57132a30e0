//! The steps of a wake as a visitor sees them.

use serde::Serialize;

use super::EnvironmentState;
use crate::{
    config::Environment,
    environment::{
        plan::{self, Phase},
        snapshot::Snapshot,
    },
};

/// One step with its state, in the order in which they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub step: StepName,
    pub state: StepState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// A stopped database starts, or a paused one resumes.
    Database,
    /// An image is being pulled: replaces [`StepName::Tasks`].
    Image,
    Tasks,
    Health,
    Route,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Pending,
    Active,
    Done,
}

/// Empty while nothing is being woken.
pub fn of(environment: &Environment, snapshot: &Snapshot, state: EnvironmentState) -> Vec<Progress> {
    if !matches!(state, EnvironmentState::Waking | EnvironmentState::Awake) {
        return Vec::new();
    }
    let services = plan::services_phase(environment, snapshot);
    let database = plan::database_phase(environment, snapshot);
    let pulling = snapshot.running.services.iter().flatten().any(|tasks| tasks.pulling);
    let started = matches!(services, Phase::CheckingHealth | Phase::Ready);
    let ready = services == Phase::Ready;
    let state_of = |done, active| match (done, active) {
        (true, _) => StepState::Done,
        (false, true) => StepState::Active,
        (false, false) => StepState::Pending,
    };
    let mut steps = Vec::new();
    // Without a probe the waker does not know, and the app's own start waits for the database.
    if environment.database.as_ref().is_some_and(|database| database.probe.is_some())
        || database == Phase::StartingDatabase
    {
        let state = state_of(database == Phase::Ready || state == EnvironmentState::Awake, true);
        steps.push(Progress { step: StepName::Database, state });
    }
    let tasks = if pulling && !started { StepName::Image } else { StepName::Tasks };
    steps.push(Progress { step: tasks, state: state_of(started, true) });
    steps.push(Progress { step: StepName::Health, state: state_of(ready, started) });
    let route = state_of(state == EnvironmentState::Awake, ready && database == Phase::Ready);
    steps.push(Progress { step: StepName::Route, state: route });
    steps
}
