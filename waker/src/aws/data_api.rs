//! The Data API: one call makes a paused database resume and shows whether it is up, with no network
//! path into the VPC.

use aws_config::SdkConfig;
use aws_sdk_rdsdata::{
    Client,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::execute_statement::ExecuteStatementError,
};
use tracing::{debug, warn};

use super::error::{cloud_error, incomplete};
use crate::{environment::fault::CloudError, error_chain::chain};

/// What a call shows about the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProbeAnswer {
    Up,
    NotYet,
    /// Nothing, and neither will another call: the probe is set up wrongly.
    CannotAsk,
}

/// `PostgreSQL`'s answer while it starts up (`cannot_connect_now`).
const STARTING_UP: &str = "57P03";

#[derive(Debug)]
pub(super) struct DataApi(Client);

impl DataApi {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// Whether the database is up now. A call to a paused database makes it resume, and returns
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
            // The database resumes even so, which can take longer than the call.
            Err(SdkError::TimeoutError(_)) => Ok(ProbeAnswer::NotYet),
            Err(error) => match error.as_service_error().and_then(said) {
                Some(said) => {
                    let cause = chain(&error);
                    if said == ProbeAnswer::CannotAsk {
                        warn!(
                            cause,
                            "the Data API cannot reach the database; check the probe's ARNs and secret"
                        );
                    } else {
                        debug!(?said, cause, "the database refused the statement");
                    }
                    Ok(said)
                }
                None => Err(cloud_error("ExecuteStatement", error)),
            },
        }
    }
}

/// What an error shows about the database; None if the call itself failed.
///
/// The connect probe takes any SQLSTATE but `cannot_connect_now` as the answer of a database that is
/// up. The engine's own errors count the same here. Errors about the secret or the call come before the
/// database is asked, so they show nothing about it: the app, which has its own secret, may be healthy
/// and is not delayed. Its own start then waits for the database, as without a probe. A missing
/// permission of the waker is a failure, as with every other call, and a cluster without an instance
/// cannot come up.
fn said(error: &ExecuteStatementError) -> Option<ProbeAnswer> {
    use ExecuteStatementError as E;
    match error {
        E::DatabaseResumingException(_) | E::DatabaseUnavailableException(_) => Some(ProbeAnswer::NotYet),
        // The engine's own error, such as a refused login, with its SQLSTATE.
        E::DatabaseErrorException(error) => {
            let starting = error.message().is_some_and(|message| message.contains(STARTING_UP));
            Some(if starting { ProbeAnswer::NotYet } else { ProbeAnswer::Up })
        }
        // The database has taken the statement, or answered it.
        E::StatementTimeoutException(_) | E::UnsupportedResultException(_) => Some(ProbeAnswer::Up),
        // "An error in the call or in a SQL statement": the API does not say which.
        E::BadRequestException(_)
        | E::SecretsErrorException(_)
        | E::InvalidSecretException(_)
        | E::HttpEndpointNotEnabledException(_) => Some(ProbeAnswer::CannotAsk),
        // The ARN of the cluster or of the secret; the RDS API shows whether the cluster exists.
        error if error.code() == Some("NotFoundException") => Some(ProbeAnswer::CannotAsk),
        _ => None,
    }
}
