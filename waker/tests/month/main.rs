//! A thousand simulated months with the waker's own protocol, in virtual time, and the same months
//! with two simple designs.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]
#![expect(clippy::cast_precision_loss, reason = "no number here is that large")]

mod simulation;

use simulation::{
    calendar::MONTH,
    cloud::client::BROWSER_REDIRECTS,
    conditions::{Beside, Conditions},
    designs::Design,
    month::{Broken, Month},
    seeds::Shapes,
    sums::{Breach, Sums},
};

const SEEDS: u64 = 1_000;

/// The sums; panics with the events that led to the first breach.
fn hold(seed: u64, month: Result<Sums, Broken>) -> Sums {
    month.unwrap_or_else(|broken| panic!("MONTH_SEED={seed}: {:?}\n{}", broken.breach, broken.story))
}

/// `MONTH_SEED` runs that seed alone; `MONTH_SEEDS` is the number of seeds.
#[test]
fn no_visitor_is_stranded_or_cut_off_and_hardly_an_hour_is_wasted() {
    let shapes = Shapes::new();
    let number = |name| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    if let Some(seed) = number("MONTH_SEED") {
        println!("{:#?}", hold(seed, shapes.month(Design::Reveille, seed).run(true)));
        return;
    }
    let seeds = number("MONTH_SEEDS").unwrap_or(SEEDS);
    let sums = shapes.months(Design::Reveille, seeds, true);
    let sums = sums.unwrap_or_else(|(seed, broken)| hold(seed, Err(broken)));
    println!("{:.4} of the ideal, {sums:?}", sums.of_ideal());
    assert_eq!((sums.cut_off, sums.own_503), (0, 0), "{sums:?}");
    assert!(sums.of_ideal() <= 1.05, "awake for {:.4} of the ideal", sums.of_ideal());
}

/// The months in which usage reads fail, beside the same months without failures. A tick learns
/// nothing if one of about five reads fails three times: 30 % of ticks where 20 % of reads fail, 2
/// % where 5 % fail, almost none where 1 % fail. A sleep needs two ticks that learn the usage, and
/// so comes about a minute later at 20 %: 1 % of the month's hours awake. Another half per cent is
/// chance: a failed read changes later random numbers.
#[test]
fn failing_usage_reads_cut_no_visitor_off_and_hardly_delay_sleep() {
    const SEEDS: u64 = 200;
    let hours = |failing| {
        let shapes = Shapes::under(Conditions { failing, ..Conditions::default() });
        let sums = shapes.months(Design::Reveille, SEEDS, true);
        let sums = sums.unwrap_or_else(|(seed, broken)| hold(seed, Err(broken)));
        println!("{failing} %: {sums:?}");
        assert_eq!((sums.cut_off, sums.own_503), (0, 0));
        sums.awake as f64
    };
    let without = hours(0);
    for (failing, most) in [(1, 1.005), (5, 1.01), (20, 1.02)] {
        let of_without = hours(failing) / without;
        assert!(of_without <= most, "{failing} % fail, and it is awake for {of_without:.4} times as long");
    }
}

#[test]
fn no_websocket_is_cut_off_and_what_passes_beside_it_keeps_nothing_awake() {
    for beside in [Beside::Monitor, Beside::MonitorCountedTwice, Beside::Neighbour] {
        let shapes = Shapes::under(Conditions { sockets: Some(beside), ..Conditions::default() });
        let sums = shapes.months(Design::Reveille, 30, true);
        let sums = sums.unwrap_or_else(|(seed, broken)| hold(seed, Err(broken)));
        println!("{beside:?}: {:.4} of the ideal, {sums:?}", sums.of_ideal());
        assert_eq!(sums.cut_off, 0, "{beside:?}");
        assert!(sums.of_ideal() <= 1.05, "{beside:?}: awake for {:.4} of the ideal", sums.of_ideal());
    }
}

/// A check that cannot fail proves nothing.
#[test]
fn each_of_the_checks_fails_where_a_naive_design_deserves_it() {
    let shapes = Shapes::new();
    let mut breaches = Vec::new();
    for design in [Design::Alarm, Design::Trusting] {
        for seed in 0..40 {
            let month = shapes.month(design, seed);
            // The least patient programs break a month first.
            let patient = Month { program_redirects: BROWSER_REDIRECTS, ..shapes.month(design, seed) };
            breaches
                .extend([month, patient].into_iter().filter_map(|month| Some(month.run(true).err()?.breach)));
        }
    }
    for (check, fails) in [
        ("stranded", breaches.iter().any(|breach| matches!(breach, Breach::Stranded { .. }))),
        ("bare 503", breaches.contains(&Breach::Bare503)),
        ("cut off", breaches.iter().any(|breach| matches!(breach, Breach::CutOff { .. }))),
        ("redirects", breaches.contains(&Breach::Redirects)),
    ] {
        assert!(fails, "nothing is {check} in {breaches:?}");
    }
    let wasted = shapes.months(Design::Alarm, 40, false).unwrap();
    assert!(wasted.of_ideal() > 1.05, "{wasted:?}");
}

#[test]
fn always_on_is_what_it_says() {
    let sums = Shapes::new().months(Design::AlwaysOn, 10, true).unwrap();
    assert_eq!(sums.awake, 10 * MONTH);
    assert_eq!((sums.bare_503, sums.errors, sums.calls), (0, 0, 0));
}
