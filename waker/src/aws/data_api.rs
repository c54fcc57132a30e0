//! The Data API: one call both touches a paused database and tells whether it
//! is up, without a way into the VPC.

use aws_config::SdkConfig;
use aws_sdk_rdsdata::{Client, error::SdkError};
use tracing::debug;

use super::error::{cloud_error, incomplete};
use crate::environment::fault::CloudError;

#[derive(Debug)]
pub(super) struct DataApi(Client);

impl DataApi {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// Whether the database executes a statement now. A call while it is paused
    /// makes it resume; it answers `DatabaseResumingException` until it has.
    pub(super) async fn answers(
        &self,
        resource_arn: &str,
        secret_arn: &str,
        database: Option<&str>,
    ) -> Result<bool, CloudError> {
        let statement = self
            .0
            .execute_statement()
            .resource_arn(resource_arn)
            .secret_arn(secret_arn)
            .set_database(database.map(str::to_owned))
            .sql("select 1");
        match statement.send().await {
            Ok(output) if output.records.is_none() => Err(incomplete("ExecuteStatement", "records")),
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error))
                if error.err().is_database_resuming_exception()
                    || error.err().is_database_unavailable_exception() =>
            {
                debug!("the database is resuming");
                Ok(false)
            }
            // Touched all the same: a resume can outlast the call.
            Err(SdkError::TimeoutError(_)) => Ok(false),
            Err(error) => Err(cloud_error("ExecuteStatement", error)),
        }
    }
}
