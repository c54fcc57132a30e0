//! How each part of an environment is: its services and its database.

use serde::Serialize;

use crate::{
    config::Environment,
    environment::{
        observed::{Answer, DatabaseState, DatabaseStatus, Observed},
        plan::{self, Phase},
    },
};

#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct ServicePart {
    pub name: String,
    pub state: ServiceState,
    pub optional: bool,
}

#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    Asleep,
    Starting,
    PullingImage,
    CheckingHealth,
    Ready,
    Failed,
    /// An optional service that does not exist.
    Missing,
}

#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct DatabasePart {
    pub state: DatabaseWord,
}

#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseWord {
    Stopped,
    Stopping,
    Starting,
    Resuming,
    /// It answered a moment ago.
    Ready,
    /// Up or paused: AWS does not tell them apart, and asking would resume it.
    Available,
    Failed,
}

pub(super) fn services(environment: &Environment, observed: &Observed) -> Vec<ServicePart> {
    (0..environment.services.len()).map(|index| service(environment, observed, index)).collect()
}

fn service(environment: &Environment, observed: &Observed, index: usize) -> ServicePart {
    let service = &environment.services[index];
    let tasks = observed.running.services.get(index).copied().flatten();
    let state = match (tasks, plan::service_phase(environment, observed, index)) {
        (None, _) | (_, None) => ServiceState::Missing,
        (Some(tasks), _) if tasks.desired == 0 => ServiceState::Asleep,
        (_, Some(Phase::Ready)) => ServiceState::Ready,
        (_, Some(Phase::Failed(_))) => ServiceState::Failed,
        (_, Some(Phase::CheckingHealth)) => ServiceState::CheckingHealth,
        (Some(tasks), _) if tasks.pulling => ServiceState::PullingImage,
        (Some(_), _) => ServiceState::Starting,
    };
    ServicePart { name: service.name.clone(), state, optional: service.optional }
}

impl DatabasePart {
    pub(super) fn of(state: DatabaseState) -> Self {
        let state = match (state.status, state.answer) {
            (DatabaseStatus::Stopped, _) => DatabaseWord::Stopped,
            (DatabaseStatus::Stopping, _) => DatabaseWord::Stopping,
            (DatabaseStatus::Starting, _) => DatabaseWord::Starting,
            (DatabaseStatus::Unusable, _) => DatabaseWord::Failed,
            (DatabaseStatus::Available, Answer::Up) => DatabaseWord::Ready,
            (DatabaseStatus::Available, Answer::Awaited) => DatabaseWord::Resuming,
            (DatabaseStatus::Available, Answer::Unknown | Answer::CannotAsk) => DatabaseWord::Available,
        };
        Self { state }
    }
}
