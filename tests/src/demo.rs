//! `cargo demo`: a sleeping environment on the local AWS, to be woken by hand or by `--once`.

mod app_output;
mod number;
mod options;
mod pacing;
mod print;
pub mod sleep;
pub mod timeline;
pub mod visit;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use crate::binaries::{self, Binaries};
use crate::event_log::EventLog;
use crate::stack::Stack;
use app_output::AppOutput;
use options::Options;

/// As a shell says of a program that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

/// Runs until it has shown its wake, or until it is interrupted; whatever it has started ends
/// with it.
pub async fn run() -> Result<ExitCode> {
    let options = Options::read();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = demonstrate(&options) => result,
        _ = interrupt.recv() => Ok(ExitCode::from(INTERRUPTED)),
        _ = terminate.recv() => Ok(ExitCode::from(INTERRUPTED)),
    }
}

async fn demonstrate(options: &Options) -> Result<ExitCode> {
    print::progress(&options.pacing.sentence());
    print::progress("building the waker and the entrypoint, which takes minutes the first time");
    let binaries = tokio::task::spawn_blocking(build).await??;
    print::progress("starting PostgreSQL and ministack, which is installed the first time");
    let began = Instant::now();
    let stack = Stack::create(&options.stack(binaries)?, EventLog::default()).await?;
    print::progress(&format!("up in {:.1} s, and asleep", began.elapsed().as_secs_f64()));
    if options.once {
        return once(options, &stack).await;
    }
    print::line(&stack.url())?;
    print::progress("open it, or ask for it with curl --location; Ctrl-C ends everything");
    print::follow(stack.log(), options.json).await
}

fn build() -> Result<&'static Binaries> {
    binaries::build_sample_app()?;
    Binaries::build()
}

async fn once(options: &Options, stack: &Stack) -> Result<ExitCode> {
    let limit = options.longest_wake()?;
    let visit = timeout(limit, visit::send(&stack.url(), stack.log())).await;
    let visit = visit.with_context(|| format!("no final answer within {limit:?}")).flatten();
    let events = stack.log().all();
    if let Ok(visit) = &visit {
        print::timeline(&timeline::Timeline::of(&events), visit, options.json)?;
    }
    if !visit.as_ref().is_ok_and(|visit| visit.answered_by_app) {
        print::app_output(AppOutput::of(&events).as_ref(), options.json)?;
        return visit.map(|_| ExitCode::FAILURE);
    }
    let limit = options.longest_sleep();
    print::progress(&format!(
        "nobody comes any more; it sleeps within {} minutes",
        limit.as_secs().div_ceil(60)
    ));
    let moments = sleep::moments(stack.log(), limit).await?;
    print::sleep(&moments, options.json)?;
    Ok(ExitCode::SUCCESS)
}
