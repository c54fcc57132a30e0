//! Hours in which an environment stays awake.

use jiff::{
    Timestamp, Zoned,
    civil::{Time, Weekday},
    tz::TimeZone,
};

use super::reader::Object;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// From one time of day to another, on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The days on which it begins.
    days: Vec<Weekday>,
    from: Time,
    /// Exclusive. None: midnight. If not later than `from`: on the next day.
    to: Option<Time>,
    zone: TimeZone,
}

impl Window {
    /// Whether it is open at that moment, by the local clock of its time zone.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let local: Zoned = at.to_zoned(self.zone.clone());
        let (time, today) = (local.time(), local.weekday());
        let begins = |day: Weekday| self.days.contains(&day);
        match self.to {
            None => begins(today) && time >= self.from,
            Some(to) if self.from < to => begins(today) && (self.from..to).contains(&time),
            Some(to) => (begins(today) && time >= self.from) || (begins(today.previous()) && time < to),
        }
    }
}

/// Reads an environment's list of windows.
pub(super) fn read(object: &mut Object<'_>) -> Vec<Window> {
    let items = object.list("schedule");
    items.into_iter().filter_map(|(path, item)| object.child(item, path)).map(window).collect()
}

fn window(mut object: Object<'_>) -> Window {
    let mut days = Vec::new();
    for (path, item) in object.filled_list("days") {
        match DAYS.iter().find(|(name, _)| item.as_str() == Some(name)) {
            Some((_, day)) if !days.contains(day) => days.push(*day),
            Some(_) => object.problem_at(path, "is named twice"),
            None => object.problem_at(path, "must be mon, tue, wed, thu, fri, sat or sun"),
        }
    }
    let from = object.text("from", "a time such as 08:00", |text| clock(text).is_some());
    let to =
        object.text("to", "a time such as 18:00, or 24:00", |text| text == "24:00" || clock(text).is_some());
    if !from.is_empty() && from == to {
        object.problem("to", "must differ from the field from");
    }
    let zone = object.text("time_zone", "the name of an IANA time zone, such as Europe/Berlin", |text| {
        TimeZone::get(text).is_ok()
    });
    object.close();
    Window {
        days,
        from: clock(&from).unwrap_or_default(),
        to: clock(&to),
        zone: TimeZone::get(&zone).unwrap_or(TimeZone::UTC),
    }
}

/// `HH:MM`, from 00:00 to 23:59.
fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| digits(text).then(|| text.parse().ok()).flatten();
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &[Weekday], from: &str, to: &str, zone: &str) -> Window {
        Window {
            days: days.to_vec(),
            from: clock(from).unwrap(),
            to: clock(to),
            zone: TimeZone::get(zone).unwrap(),
        }
    }

    fn open(window: &Window, at: &str) -> bool {
        window.is_open(at.parse().unwrap())
    }

    #[test]
    fn it_opens_at_its_first_minute_and_closes_at_its_last() {
        // 2026-11-20 is a Friday.
        let office = window(&[Weekday::Friday], "08:00", "18:00", "Europe/Berlin");
        for (at, is) in [
            ("2026-11-20T07:59:59+01:00", false),
            ("2026-11-20T08:00:00+01:00", true),
            ("2026-11-20T17:59:59+01:00", true),
            ("2026-11-20T18:00:00+01:00", false),
            ("2026-11-21T12:00:00+01:00", false),
        ] {
            assert_eq!(open(&office, at), is, "{at}");
        }
    }

    #[test]
    fn the_zone_decides_what_day_it_is() {
        let tokyo = window(&[Weekday::Monday], "00:00", "24:00", "Asia/Tokyo");
        assert!(open(&tokyo, "2026-11-22T15:00:00Z"), "Sunday in London, Monday in Tokyo");
        assert!(!open(&tokyo, "2026-11-23T15:00:00Z"));
    }

    #[test]
    fn past_midnight_it_belongs_to_the_day_on_which_it_began() {
        let night = window(&[Weekday::Friday], "22:00", "06:00", "UTC");
        for (at, is) in [
            ("2026-11-20T05:00:00Z", false),
            ("2026-11-20T22:00:00Z", true),
            ("2026-11-21T05:59:00Z", true),
            ("2026-11-21T06:00:00Z", false),
            ("2026-11-21T22:00:00Z", false),
        ] {
            assert_eq!(open(&night, at), is, "{at}");
        }
    }

    #[test]
    fn it_follows_the_clocks_when_they_are_changed() {
        let morning = window(&[Weekday::Sunday], "08:00", "09:00", "Europe/Berlin");
        assert!(open(&morning, "2026-10-25T07:30:00Z"), "winter time began that night");
        assert!(open(&morning, "2026-10-18T06:30:00Z"), "summer time");
        assert!(!open(&morning, "2026-10-18T07:30:00Z"));
    }

    #[test]
    fn a_time_has_two_digits_twice_and_exists() {
        for text in ["8:00", "08:0", "24:00", "08:60", "-1:00", "+8:00", "0800", ""] {
            assert_eq!(clock(text), None, "{text}");
        }
    }
}
