//! The month, its working hours, and what happens in them by chance.

use std::ops::Range;

use super::cloud::{
    clock::{DAY, HOUR, Millis},
    dice::Dice,
    spans::Spans,
};

pub const MONTH: Millis = 30 * DAY;

/// Monday to Friday, 8:00 to 18:00.
pub fn is_working(at: Millis) -> bool {
    at / DAY % 7 < 5 && (8..18).contains(&(at / HOUR % 24))
}

/// The moments of a Poisson process in the month, one event in `mean` on average.
pub fn poisson(dice: &mut Dice, mean: Millis) -> Vec<Millis> {
    let mut moments = Vec::new();
    let mut at = dice.exponential(mean);
    while at < MONTH {
        moments.push(at);
        at += dice.exponential(mean).max(1);
    }
    moments
}

/// About `count` moments, all in working hours.
pub fn at_work(dice: &mut Dice, count: Millis) -> Vec<Millis> {
    // A week has 50 working hours.
    let mut moments = poisson(dice, MONTH * 50 / 168 / count);
    moments.retain(|at| is_working(*at));
    moments
}

/// About `count` spans of time that begin in working hours, in order.
pub fn spans(dice: &mut Dice, count: Millis, length: Range<Millis>) -> Spans {
    let mut spans: Vec<Range<Millis>> = Vec::new();
    for from in at_work(dice, count) {
        let from = spans.last().map_or(from, |last| from.max(last.end));
        spans.push(from..from + dice.between(length.clone()));
    }
    Spans::new(spans)
}
