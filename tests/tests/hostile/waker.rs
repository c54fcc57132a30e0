//! Generated events of a load balancer against the shipped waker.

use std::collections::BTreeMap;
use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use futures_util::future::join_all;
use reveille_tests::binaries::Binaries;

use crate::hostile::account::{Fault, Shape};
use crate::hostile::checks::{STATUSES, Seen, check};
use crate::hostile::environments::{ALL, TOKEN};
use crate::hostile::events::{Event, Expected, next};
use crate::hostile::sandbox::{ACCESS_KEY, Sandbox, cookie_value};
use crate::hostile::strings::{SECRET, chance, odd};

/// Each with its own AWS, so that a wake belongs to one event. They run at the same time, because a
/// held client only waits.
const SANDBOXES: u64 = 48;
const EVENTS: u32 = 420;
/// It must fit into a function of 128 MB, together with events of 1 MB.
const PEAK_KIB: u64 = 64 * 1024;

/// Counts of what was seen, to prove that the events reached every case.
#[derive(Debug, Default)]
struct Tally {
    events: u32,
    statuses: BTreeMap<u64, u32>,
    wakes: BTreeMap<&'static str, u32>,
}

/// `HOSTILE_SEED` repeats a run: the events are the same, and on a machine of the same speed so is
/// the waker's memory between them.
fn seed() -> u64 {
    match env::var("HOSTILE_SEED") {
        Ok(seed) => seed.parse().expect("HOSTILE_SEED is a whole number"),
        Err(_) => fastrand::u64(..),
    }
}

impl Tally {
    fn add(&mut self, event: &Event, seen: &Seen, wakes: &[(&'static str, u32)]) {
        self.events += 1;
        if let Some(status) = seen.status {
            *self.statuses.entry(status).or_default() += 1;
        }
        // An operator may wake everything.
        for (name, wakes) in wakes.iter().filter(|_| !matches!(event.expected, Expected::Other)) {
            *self.wakes.entry(name).or_default() += wakes;
        }
    }

    fn add_all(&mut self, other: &Self) {
        self.events += other.events;
        other.statuses.iter().for_each(|(status, times)| *self.statuses.entry(*status).or_default() += times);
        other.wakes.iter().for_each(|(name, times)| *self.wakes.entry(name).or_default() += times);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_makes_the_waker_fail_tell_or_wake_what_it_must_not() {
    let seed = seed();
    println!("HOSTILE_SEED={seed}");
    let sandboxes = (0..SANDBOXES).map(|number| tokio::spawn(run(seed, number)));
    let (mut all, mut wrong) = (Tally::default(), Vec::new());
    for result in join_all(sandboxes).await {
        match result.unwrap() {
            Ok(tally) => all.add_all(&tally),
            Err(why) => wrong.push(why),
        }
    }
    assert!(wrong.is_empty(), "HOSTILE_SEED={seed}\n{}", wrong.join("\n\n"));
    println!("{all:?}");
    assert!(all.events >= 20_000, "{all:?}");
    let unseen: Vec<_> = STATUSES.iter().filter(|status| !all.statuses.contains_key(status)).collect();
    assert!(unseen.is_empty(), "no answer had the status {unseen:?}: {all:?}");
    let unwoken: Vec<_> = ALL.iter().filter(|name| !all.wakes.contains_key(*name)).collect();
    assert!(unwoken.is_empty(), "no request that may has woken {unwoken:?}: {all:?}");
}

/// The counts of one sandbox, or its first violation.
async fn run(seed: u64, number: u64) -> Result<Tally, String> {
    let binaries = tokio::task::spawn_blocking(Binaries::build).await.unwrap().unwrap();
    // Only every fourth: TRACE takes the most time.
    let log_level = if number.is_multiple_of(4) { "TRACE" } else { "INFO" };
    let mut sandbox = Sandbox::start(&binaries.waker, log_level).await;
    let cookie = sandbox.cookie().await;
    let mut cookies = vec![cookie.clone()];
    let mut rng = Rng::with_seed(seed.wrapping_add(number));
    let mut tally = Tally::default();
    for index in 0..EVENTS {
        change(&mut rng, &sandbox);
        // After each change, and after the wakes of the last event.
        sandbox.account.spend_budget();
        let event = next(&mut rng, &cookie);
        let answer = sandbox.runtime.invoke(event.text.clone(), event.remaining()).await;
        let answer = answer.map(|(outcome, _)| outcome);
        let wakes = sandbox.account.take_wakes();
        let checked = answer
            .as_ref()
            .map_err(|error| format!("no answer: {error:#}"))
            .and_then(|answer| check(&event, answer));
        let checked = checked.and_then(|result| may_wake(&event, &wakes).map(|()| result));
        let result = checked.map_err(|why| {
            let (event, answer) = (cut(&event.text), format!("{answer:?}"));
            format!("sandbox {number}, event {index}: {why}\nevent: {event}\nanswer: {}", cut(&answer))
        })?;
        tally.add(&event, &result, &wakes);
        cookies.extend(result.cookies.iter().map(|cookie| cookie_value(cookie).to_owned()));
    }
    let peak = sandbox.peak_kib();
    assert!(peak < PEAK_KIB, "{peak} KiB");
    check_log(&sandbox.log(), &cookies);
    Ok(tally)
}

fn may_wake(event: &Event, wakes: &[(&str, u32)]) -> Result<(), String> {
    let (Expected::Reply(reply) | Expected::Broken(reply)) = &event.expected else { return Ok(()) };
    match wakes.iter().find(|(name, _)| !reply.may_wake.contains(name)) {
        Some((name, _)) => Err(format!("it has woken {name}; it may wake {:?}", reply.may_wake)),
        None => Ok(()),
    }
}

/// Sometimes an environment is changed from outside, or AWS fails.
fn change(rng: &mut Rng, sandbox: &Sandbox) {
    let fault = [Fault::Throttled, Fault::Denied, Fault::Broken, Fault::Garbage, Fault::Empty];
    sandbox.account.fail(chance(rng, 2).then(|| fault[rng.usize(..fault.len())]));
    if !chance(rng, 25) {
        return;
    }
    let shape = match rng.u8(..10) {
        0..5 => Shape::Asleep,
        5..7 => Shape::Waking,
        7 => Shape::Healthy,
        8 => Shape::Awake,
        _ => Shape::Stranded,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let note = match rng.u8(..20) {
        0 => Some(format!("gave-up {} 1 image_not_pulled", time(now))),
        1 => Some(format!("dozing {}", time(now))),
        2 => Some(odd(rng).chars().filter(char::is_ascii_alphanumeric).take(200).collect()),
        _ => None,
    };
    sandbox.account.set(ALL[rng.usize(..ALL.len())], shape, note);
}

/// In the state tag's format.
fn time(seconds: u64) -> String {
    jiff::Timestamp::from_second(seconds.try_into().unwrap()).unwrap().to_string()
}

fn check_log(log: &str, cookies: &[String]) {
    let secrets = [SECRET, TOKEN, ACCESS_KEY].into_iter().chain(cookies.iter().map(String::as_str));
    // The part of a cookie that does not follow from its environment's name and its expiry.
    let secrets =
        secrets.map(|secret| secret.rsplit('.').next().unwrap_or(secret)).filter(|secret| !secret.is_empty());
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a secret is in the log");
    }
    for line in log.lines() {
        assert!(!line.contains("panicked"), "{line}");
        let is_object = serde_json::from_str::<serde_json::Map<_, _>>(line).is_ok();
        assert!(is_object, "a line of the log is not one of the waker's: {}", cut(line));
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(4_000)]
}
