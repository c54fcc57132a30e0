//! The Data API: one call both touches a paused database and tells whether it
//! is up, without a way into the VPC.

use aws_config::SdkConfig;
use aws_sdk_rdsdata::{
    Client,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::execute_statement::ExecuteStatementError,
};
use tracing::{debug, warn};

use super::error::{cloud_error, incomplete};
use crate::{environment::fault::CloudError, error_chain::chain};

/// What a call tells of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProbeAnswer {
    Up,
    NotYet,
    /// Nothing, and no further call will: the probe is not set up as it should be.
    CannotAsk,
}

/// What `PostgreSQL` says while it starts up (`cannot_connect_now`).
const STARTING_UP: &str = "57P03";

#[derive(Debug)]
pub(super) struct DataApi(Client);

impl DataApi {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// Whether the database is up now. A call while it is paused makes it resume; it answers
    /// `DatabaseResumingException` until it has.
    pub(super) async fn ask(
        &self,
        resource_arn: &str,
        secret_arn: &str,
        database: Option<&str>,
    ) -> Result<ProbeAnswer, CloudError> {
        let statement = self
            .0
            .execute_statement()
            .resource_arn(resource_arn)
            .secret_arn(secret_arn)
            .set_database(database.map(str::to_owned))
            .sql("select 1");
        match statement.send().await {
            Ok(output) if output.records.is_none() => Err(incomplete("ExecuteStatement", "records")),
            Ok(_) => Ok(ProbeAnswer::Up),
            // Touched all the same: a resume can outlast the call.
            Err(SdkError::TimeoutError(_)) => Ok(ProbeAnswer::NotYet),
            Err(error) => match error.as_service_error().and_then(said) {
                Some(said) => {
                    let cause = chain(&error);
                    if said == ProbeAnswer::CannotAsk {
                        warn!(cause, "the Data API cannot ask the database");
                    } else {
                        debug!(?said, cause, "the database does not execute the statement");
                    }
                    Ok(said)
                }
                None => Err(cloud_error("ExecuteStatement", error)),
            },
        }
    }
}

/// What an error tells of the database; None for one that is a failure of the call.
///
/// The connect probe takes any SQLSTATE but `cannot_connect_now` as the answer of a database that
/// is up, and the engine's own errors count the same here. Those about the secret or
/// the call itself come before the database is asked, so they say nothing of it: the app, which
/// has a secret of its own, may well be healthy, and is not held up. Its own start waits for
/// the database then, as it does without a probe. A permission that the waker lacks is a failure,
/// as it is with every other call, and a cluster without an instance cannot come up.
fn said(error: &ExecuteStatementError) -> Option<ProbeAnswer> {
    use ExecuteStatementError as E;
    match error {
        E::DatabaseResumingException(_) | E::DatabaseUnavailableException(_) => Some(ProbeAnswer::NotYet),
        // The engine's own error, such as a login that it refuses, with its SQLSTATE.
        E::DatabaseErrorException(error) => {
            let starting = error.message().is_some_and(|message| message.contains(STARTING_UP));
            Some(if starting { ProbeAnswer::NotYet } else { ProbeAnswer::Up })
        }
        // It has taken the statement, or even answered it.
        E::StatementTimeoutException(_) | E::UnsupportedResultException(_) => Some(ProbeAnswer::Up),
        // "An error in the call or in a SQL statement": which of the two is not said.
        E::BadRequestException(_)
        | E::SecretsErrorException(_)
        | E::InvalidSecretException(_)
        | E::HttpEndpointNotEnabledException(_) => Some(ProbeAnswer::CannotAsk),
        // The ARN of the cluster or the secret; RDS itself says whether there is a cluster.
        error if error.code() == Some("NotFoundException") => Some(ProbeAnswer::CannotAsk),
        _ => None,
    }
}
