//! A gRPC client, which follows no redirect.

use anyhow::Result;
use reveille_tests::python::Venv;
use tokio::process::Command;

use crate::clients::client::output;
use crate::clients::front::Front;
use crate::clients::list::{REQUIREMENTS, program};

/// The method that is called, as a path.
pub const PATH: &str = "/demo.Demo/Call";

/// The code and the message of the status that `grpcio` returns.
pub async fn call(listener: String) -> Result<String> {
    let front = Front::open(listener).await;
    let python = Venv::with(REQUIREMENTS)?.program("python");
    output(Command::new(python).args([&program("with_grpcio.py"), &front.address, PATH])).await
}
