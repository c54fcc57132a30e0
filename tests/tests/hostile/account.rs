//! The account of one sandbox: its environments in the states and with the faults that a test sets.

use std::time::{SystemTime, UNIX_EPOCH};

use reveille_tests::endpoint::account;
use reveille_tests::endpoint::answer::Answer;

use crate::hostile::environments::{ALL, BUDGET, BUDGET_WAKES, config};

/// The state of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Asleep,
    Waking,
    /// Its route still points to the waker.
    Healthy,
    Awake,
    /// Its route points to an app without tasks.
    Stranded,
}

/// The answer to every call instead of its own.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    Throttled,
    Denied,
    Broken,
    Garbage,
    Empty,
}

#[derive(Debug)]
pub struct Account(account::Account);

impl Account {
    /// All are asleep.
    pub fn new() -> Self {
        Self(account::Account::of(&config()))
    }

    /// Serves it, and returns its URL.
    pub async fn serve(&self) -> String {
        format!("http://{}", self.0.serve().await.unwrap())
    }

    /// Sets an environment's state, with `note` as the rule's state tag. Clears its history.
    pub fn set(&self, name: &str, shape: Shape, note: Option<String>) {
        let starts = matches!(shape, Shape::Waking | Shape::Healthy | Shape::Awake);
        self.0.change(name, |environment| {
            environment.set_desired(i64::from(starts));
            environment.running = matches!(shape, Shape::Healthy | Shape::Awake);
            environment.routed_to_app = matches!(shape, Shape::Awake | Shape::Stranded);
            environment.database_runs = starts;
            // An open entry in the wake history would mean that a wake is under way.
            environment.tags.clear();
            environment.tags.extend(note.map(|note| ("reveille:state".to_owned(), note)));
        });
    }

    /// As many wakes within the last minutes as the budget allows, all of them over.
    pub fn spend_budget(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let wakes = (1..=BUDGET_WAKES).rev().map(|number| format!("{}+30", now - u64::from(number) * 60));
        let wakes = wakes.collect::<Vec<_>>().join(" ");
        self.0.change(BUDGET, |environment| {
            // Only the tag with the newest wake counts.
            environment.tags.retain(|key, _| !key.starts_with("reveille:wakes"));
            environment.tags.insert("reveille:wakes-0".to_owned(), wakes);
        });
    }

    pub fn fail(&self, fault: Option<Fault>) {
        self.0.fail(fault.map(Fault::answer));
    }

    /// What was started since the last call of this, and how often.
    pub fn take_wakes(&self) -> Vec<(&'static str, u32)> {
        let mut wakes = ALL.map(|name| (name, 0));
        for (name, count) in &mut wakes {
            self.0.change(name, |environment| *count = std::mem::take(&mut environment.starts));
        }
        wakes.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

impl Fault {
    /// In JSON, which clients of the query protocol cannot read either.
    fn answer(self) -> Answer {
        match self {
            Self::Throttled => Answer::json_error(400, "ThrottlingException", "no"),
            Self::Denied => Answer::json_error(400, "AccessDeniedException", "no"),
            Self::Broken => Answer::json_error(500, "InternalFailure", "no"),
            Self::Garbage => Answer::Json(200, "\u{0}<<<{{{[[[".to_owned()),
            Self::Empty => Answer::Json(200, String::new()),
        }
    }
}
