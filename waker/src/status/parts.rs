//! The state of each part of an environment: its services and its database.

use serde::Serialize;

use crate::{
    config::Environment,
    environment::{
        plan::{self, Phase},
        snapshot::{DatabaseAnswer, DatabaseState, DatabaseStatus, Snapshot},
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceStatus {
    pub name: String,
    pub state: ServiceState,
    pub optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatabaseSummary {
    pub state: DatabaseHealth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseHealth {
    Stopped,
    Stopping,
    Starting,
    Resuming,
    /// It answered a moment ago.
    Ready,
    /// Up or paused: AWS does not distinguish the two, and a probe would resume it.
    Available,
    Failed,
}

pub(super) fn services(environment: &Environment, snapshot: &Snapshot) -> Vec<ServiceStatus> {
    (0..environment.services.len()).map(|index| service(environment, snapshot, index)).collect()
}

fn service(environment: &Environment, snapshot: &Snapshot, index: usize) -> ServiceStatus {
    let service = &environment.services[index];
    let tasks = snapshot.running.services.get(index).copied().flatten();
    let state = match (tasks, plan::service_phase(environment, snapshot, index)) {
        (None, _) | (_, None) => ServiceState::Missing,
        (Some(tasks), _) if tasks.desired == 0 => ServiceState::Asleep,
        (_, Some(Phase::Ready)) => ServiceState::Ready,
        (_, Some(Phase::Failed(_))) => ServiceState::Failed,
        (_, Some(Phase::CheckingHealth)) => ServiceState::CheckingHealth,
        (Some(tasks), _) if tasks.pulling => ServiceState::PullingImage,
        (Some(_), _) => ServiceState::Starting,
    };
    ServiceStatus { name: service.name.clone(), state, optional: service.optional }
}

impl DatabaseSummary {
    pub(super) fn of(state: DatabaseState) -> Self {
        let state = match (state.status, state.answer) {
            (DatabaseStatus::Stopped, _) => DatabaseHealth::Stopped,
            (DatabaseStatus::Stopping, _) => DatabaseHealth::Stopping,
            (DatabaseStatus::Starting, _) => DatabaseHealth::Starting,
            (DatabaseStatus::Unusable, _) => DatabaseHealth::Failed,
            (DatabaseStatus::Available, DatabaseAnswer::Up) => DatabaseHealth::Ready,
            (DatabaseStatus::Available, DatabaseAnswer::Awaited) => DatabaseHealth::Resuming,
            (DatabaseStatus::Available, DatabaseAnswer::Unknown | DatabaseAnswer::CannotAsk) => {
                DatabaseHealth::Available
            }
        };
        Self { state }
    }
}
