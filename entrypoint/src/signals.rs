//! Signals until the app runs.
//!
//! As PID 1 this process has no default action for any signal: without a handler, a stop would last
//! until SIGKILL, 30 s later. The handlers stay until exec removes them, so that no signal is lost
//! between the last check and the app.

use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nix::sys::signal::{SigSet, Signal};
use signal_hook::flag;
use signal_hook::low_level::pipe;
use tokio::io::AsyncReadExt;

/// The signals that ask a process to stop.
const STOP_SIGNALS: [Signal; 4] = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM];

/// Handlers for [`STOP_SIGNALS`], from [`Signals::catch`] until exec.
pub(crate) struct Signals {
    /// The number of the last signal, or 0.
    caught: Arc<AtomicUsize>,
    /// Whether a signal ends this process in its handler.
    ends: Arc<AtomicBool>,
    /// The reading end of the self-pipe: a byte for each signal.
    self_pipe: UnixStream,
}

impl Signals {
    /// Installs the handlers, except for signals that the parent process has set to be ignored:
    /// those stay ignored, in the app too, as under `nohup`. Blocked signals are unblocked, as in a
    /// fresh process.
    pub(crate) fn catch() -> io::Result<Self> {
        let (self_pipe, writer) = UnixStream::pair()?;
        self_pipe.set_nonblocking(true)?;
        let signals = Self { caught: Arc::default(), ends: Arc::default(), self_pipe };
        let ignored = ignored();
        for stop in STOP_SIGNALS.into_iter().filter(|stop| !ignored.contains(stop)) {
            let number = stop as i32;
            // The order matters: a handler on another thread stores the number before it reads
            // `ends`, and `end_at_once` sets `ends` before it reads the number.
            flag::register_usize(number, signals.caught.clone(), stop as usize)?;
            flag::register_conditional_shutdown(number, 128 + number, signals.ends.clone())?;
            pipe::register(number, writer.try_clone()?)?;
        }
        SigSet::empty().thread_set_mask()?;
        Ok(signals)
    }

    /// The next signal, or one that has already come. Must be called in a runtime.
    pub(crate) async fn next(&self) -> io::Result<Signal> {
        let mut self_pipe = tokio::net::UnixStream::from_std(self.self_pipe.try_clone()?)?;
        loop {
            if let Some(signal) = self.caught() {
                return Ok(signal);
            }
            self_pipe.read_u8().await?;
        }
    }

    /// From here on a signal ends this process in its handler, with exit code 128+n. The error is
    /// an earlier signal.
    pub(crate) fn end_at_once(&self) -> Result<(), Signal> {
        self.ends.store(true, Ordering::SeqCst);
        self.caught().map_or(Ok(()), Err)
    }

    fn caught(&self) -> Option<Signal> {
        let number = self.caught.load(Ordering::SeqCst);
        STOP_SIGNALS.into_iter().find(|stop| *stop as usize == number)
    }
}

/// The signals that this process ignores; none without `/proc`. Source: proc(5), `SigIgn`, a bit
/// for each signal from 1.
fn ignored() -> Vec<Signal> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    let set = u64::from_str_radix(set.trim(), 16).unwrap_or(0);
    STOP_SIGNALS.into_iter().filter(|stop| set & (1 << (*stop as i32 - 1)) != 0).collect()
}
