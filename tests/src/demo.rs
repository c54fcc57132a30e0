//! `cargo demo`: a sleeping environment on the local AWS, to be woken by hand or by `--once`.

mod app_output;
mod narrator;
mod number;
mod options;
mod pacing;
mod print;
pub mod sleep;
mod story;
pub mod timeline;
pub mod visit;

use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use crate::binaries::Binaries;
use crate::event_log::EventLog;
use crate::stack::{self, Stack};
use app_output::AppOutput;
use narrator::{Form, Narrator};
use options::Options;
use story::Story;

/// The exit code of shells for a program ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Runs until it has shown its wake, or until it is interrupted; every process that it has started
/// ends with it.
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
    print::progress(
        "building the waker, the entrypoint and the sample app, and installing PostgreSQL and ministack where they \
         are missing: half a minute the first time, then a second",
    );
    let began = Instant::now();
    // At the same time: an installation mostly waits for the network.
    let installation = tokio::task::spawn_blocking(stack::install);
    let binaries = tokio::task::spawn_blocking(Binaries::development).await??;
    installation.await??;
    print::progress(&format!(
        "built in {:.0} s; starting PostgreSQL and ministack: 5 s",
        began.elapsed().as_secs_f64()
    ));
    let began = Instant::now();
    let stack = Stack::create(&options.stack(&binaries)?, EventLog::default()).await?;
    print::progress(&format!("up in {:.1} s, and asleep", began.elapsed().as_secs_f64()));
    let mut narrator = narrator(options, &stack)?;
    if options.once {
        return once(options, &stack, &mut narrator).await;
    }
    print::line(&stack.url())?;
    print::progress("open it, or ask for it with curl --location; Ctrl-C ends everything");
    match narrator.follow().await? {}
}

/// The printer of the events from now on, which is 0:00.
fn narrator(options: &Options, stack: &Stack) -> Result<Narrator> {
    let form = match (options.verbose, options.json, options.once) {
        // The timeline prints the events at the end.
        (false, true, true) => Form::Silent,
        (true, json, _) | (_, json @ true, _) => Form::Events { json },
        (false, false, _) => {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
            Form::Story(Story::new(now, stack.load_balancer.app.clone(), options.idle()))
        }
    };
    Ok(Narrator::new(stack.log(), form, !options.once))
}

async fn once(options: &Options, stack: &Stack, narrator: &mut Narrator) -> Result<ExitCode> {
    let limit = options.longest_wake()?;
    let visit = narrator.during(timeout(limit, visit::send(&stack.url(), stack.log()))).await?;
    let visit = visit.with_context(|| format!("no final answer within {limit:?}")).flatten();
    let events = stack.log().all();
    if let Ok(visit) = &visit {
        print::wake(&timeline::Timeline::of(&events), visit, options.json)?;
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
    let moments = narrator.during(sleep::moments(stack.log(), limit)).await??;
    if options.json {
        print::json_moments(&moments)?;
    }
    Ok(ExitCode::SUCCESS)
}
