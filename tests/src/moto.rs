//! moto, which emulates AWS's control plane only, but stricter: a second opinion on every call.

use anyhow::Result;
use aws_config::SdkConfig;

use crate::ministack;
use crate::python::Server;

/// A running moto, empty at first. Dropping it ends it.
#[derive(Debug)]
pub struct Moto(Server);

impl Moto {
    pub async fn start() -> Result<Self> {
        Ok(Self(Server::start("requirements-moto.txt", "launch_moto.py").await?))
    }

    /// The URL of its API.
    pub fn endpoint(&self) -> &str {
        self.0.endpoint()
    }

    /// The AWS SDK's configuration for it.
    pub fn sdk(&self) -> SdkConfig {
        ministack::sdk(self.endpoint())
    }
}
