//! Creates the app's own database user, or brings it up to date. An init container does this with
//! the master's login, which the app then never has.
//!
//! ```text
//! log in as the app -- has all it needs ------------------------------> done
//!         \-- refused, or lacks a privilege -> as master: create, password, grants
//!                                                    \-> log in as the app -> done
//! ```
//!
//! The app's own login comes first. Only a login shows whether the password is right, because it
//! cannot be compared with anything on the server; and if nothing has to be done, the master does
//! not log in, so that a rotation of its password delays no start.

mod grants;
mod quote;
mod role;

use std::time::Duration;

use tokio::time::timeout_at;
use tokio_postgres::Client;

use crate::config::AppUser;
use crate::connection::Database;
use crate::env_vars::EnvVars;
use crate::error::Error;
use crate::net::resolve::Resolver;
use crate::resolved_settings::{self, ResolvedSettings};
use crate::run::runtime;
use crate::signals::Signals;
use crate::wait::{self, Deadline, Failure};

use grants::Privileges;
use role::Role;

/// The key of the lock that lets one task at a time change the user: "reveille" in ASCII.
const LOCK: i64 = i64::from_be_bytes(*b"reveille");

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Nothing,
    Created,
    Updated,
}

/// Creates the app's user in the database, or brings it up to date.
pub fn create_user(environment: &EnvVars) -> Result<(), Error> {
    let signals = Signals::catch().map_err(Error::Runtime)?;
    let settings =
        resolved_settings::configuration_to_create_user(environment).map_err(Error::Configuration)?;
    runtime()?.block_on(async {
        let deadline = Deadline::from_now(settings.limits);
        let resolver = Resolver::default();
        let work = async {
            let fetching = ResolvedSettings::new(settings, environment.clone(), &resolver);
            let mut prepared =
                timeout_at(deadline.at, fetching).await.map_err(|_| Error::SecretsTimedOut)??;
            until_there(&mut prepared, &resolver, deadline).await
        };
        tokio::select! {
            biased;
            signal = signals.next() => Err(signal.map_or_else(Error::Runtime, Error::Stopped)),
            result = work => result,
        }
    })
}

async fn until_there(
    prepared: &mut ResolvedSettings,
    resolver: &Resolver,
    deadline: Deadline,
) -> Result<(), Error> {
    let mut user = prepared.app_user().map_err(Error::Secrets)?;
    let Some(master) = prepared.database() else { return Ok(()) };
    let target = format!("database {}", master.address());
    let change = wait::until_ready(target, deadline, async || {
        let Some(master) = prepared.database() else { return Ok(Change::Nothing) };
        let server = Server { master, resolver, limit: deadline.limits.attempt };
        match server.attempt(&user).await {
            Ok(change) => Ok(change),
            Err(failure) => {
                let failure = wait::again(failure, prepared).await;
                user = prepared.app_user().map_err(Failure::Reread)?;
                Err(failure)
            }
        }
    });
    let change = change.await?;
    let done = match change {
        Change::Nothing => "the app's user is as it should be",
        Change::Created => "the app's user was created",
        Change::Updated => "the app's user was updated",
    };
    tracing::info!("{done}");
    Ok(())
}

/// The server, and the master's login there.
struct Server<'a> {
    master: &'a Database,
    resolver: &'a Resolver,
    limit: Duration,
}

impl Server<'_> {
    /// One attempt. Each part can be repeated, so that an interrupted attempt does no harm.
    async fn attempt(&self, user: &AppUser) -> Result<Change, Failure> {
        match self.as_app(user).await {
            Ok(privileges) if privileges.lacks_nothing() => return Ok(Change::Nothing),
            Ok(_) => {}
            Err(failure) if is_of_the_user(&failure) => {}
            Err(failure) => return Err(failure),
        }
        let session = wait::connect(self.master, self.resolver, self.limit).await?;
        let change = session.work(async |client| self.change(client, user).await).await?;
        match self.as_app(user).await {
            Ok(privileges) => privileges.complete().map(|()| change),
            Err(failure) if is_of_the_user(&failure) => Err(Failure::AppLogin(Box::new(failure))),
            Err(failure) => Err(failure),
        }
    }

    /// Logs in as the app and reads its privileges.
    async fn as_app(&self, user: &AppUser) -> Result<Privileges, Failure> {
        let database = Database {
            user: user.name.clone(),
            password: Some(user.password.clone()),
            ..self.master.clone()
        };
        let session = wait::connect(&database, self.resolver, self.limit).await?;
        session
            .work(async |client| {
                batch(client, "SET search_path = pg_catalog").await?;
                if let Some(role) = Role::find(client, &user.name).await? {
                    role.check()?;
                }
                Privileges::of(client, &user.name).await
            })
            .await
    }

    /// As master, in one transaction: creates the user or sets its password, and grants what it
    /// lacks.
    async fn change(&self, client: &Client, user: &AppUser) -> Result<Change, Failure> {
        // Names are looked up only in PostgreSQL's own schema: another user may have created a
        // function of the same name in `public` (CVE-2018-1058). The statements after the lock see
        // what the previous holder of the lock has committed.
        let begin =
            format!("BEGIN; SET LOCAL search_path = pg_catalog; SELECT pg_advisory_xact_lock({LOCK})");
        batch(client, &begin).await?;
        let mut change = Change::Nothing;
        match Role::find(client, &user.name).await? {
            None => {
                batch(client, &role::create(user)).await?;
                change = Change::Created;
            }
            Some(role) => {
                role.check()?;
                // Another task may have set it in the meantime. Any other failure is not about the
                // password.
                if let Err(Failure::WrongPassword(_)) = self.as_app(user).await {
                    batch(client, &role::set_password(user)).await?;
                    change = Change::Updated;
                }
            }
        }
        let privileges = Privileges::of(client, &user.name).await?;
        if let Some(grants) = privileges.grants(&user.name) {
            batch(client, &grants).await?;
            // In some cases PostgreSQL only warns about a grantor without the right to it.
            Privileges::of(client, &user.name).await?.complete()?;
            change = if change == Change::Nothing { Change::Updated } else { change };
        }
        batch(client, "COMMIT").await?;
        Ok(change)
    }
}

/// Whether a login failed because of the user's attributes or privileges, which the master can
/// change.
fn is_of_the_user(failure: &Failure) -> bool {
    matches!(failure, Failure::WrongPassword(_) | Failure::NotAllowed(_) | Failure::Refused(_))
}

async fn batch(client: &Client, sql: &str) -> Result<(), Failure> {
    client.batch_execute(sql).await.map_err(|error| Failure::statement(&error))
}

/// The first row of a query. The simple protocol returns every value as text.
async fn row(client: &Client, sql: &str) -> Result<Option<tokio_postgres::SimpleQueryRow>, Failure> {
    let messages = client.simple_query(sql).await.map_err(|error| Failure::statement(&error))?;
    Ok(messages.into_iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }))
}
