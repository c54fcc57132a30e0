//! Waits for a login, and handles a rotation of its secret in the meantime.

use super::login::login;
use super::{Deadline, Failure, WaitError, until_ready};
use crate::net::resolve::Resolver;
use crate::resolved_settings::ResolvedSettings;

/// Waits until the database accepts the app's login.
pub(super) async fn wait(
    prepared: &mut ResolvedSettings,
    resolver: &Resolver,
    deadline: Deadline,
) -> Result<(), WaitError> {
    let Some(database) = prepared.database() else { return Ok(()) };
    let target = format!("database {}", database.address());
    until_ready(target, deadline, async || {
        let Some(database) = prepared.database() else { return Ok(()) };
        match login(database, resolver, deadline.limits.attempt).await {
            Ok(()) => Ok(()),
            Err(failure) => Err(again(failure, prepared).await),
        }
    })
    .await
}

/// Decides how to go on after a failed attempt. On a wrong password the secrets are read once more
/// (Secrets Manager may have rotated them while the database was away): if they have changed, the
/// wait goes on with the new ones, which the app then gets too.
pub(crate) async fn again(failure: Failure, prepared: &mut ResolvedSettings) -> Failure {
    match failure {
        Failure::WrongPassword(text) => match prepared.reread().await {
            Ok(true) => Failure::Rotated,
            Ok(false) => Failure::WrongPassword(text),
            Err(problems) => Failure::Reread(problems),
        },
        Failure::NoDatabase(text) if prepared.settings().awaits_creation => Failure::NotCreatedYet(text),
        failure => failure,
    }
}
