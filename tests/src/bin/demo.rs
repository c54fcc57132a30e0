//! `cargo demo`: see `cargo demo -- --help`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match reveille_tests::demo::run().await {
        Ok(code) => code,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the one line that says why it ended")]
            {
                eprintln!("demo: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
