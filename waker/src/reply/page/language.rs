//! The texts of the pages, in each language.

mod de;
mod en;
mod es;
mod fr;
mod ja;
mod zh;

use crate::{
    environment::{
        failure::{Failure, StartFailure},
        plan::Phase,
    },
    status::{StepName, StepState},
};

/// All texts of a page. `{name}` stands for the environment's title, `{n}` for a number.
#[derive(Debug)]
pub struct Texts {
    /// A language tag (BCP 47).
    pub tag: &'static str,
    pub titles: Titles,
    /// Below the heading while the environment wakes.
    pub intro: &'static str,
    pub phases: Phases,
    pub steps: Steps,
    pub states: States,
    pub time: Time,
    pub causes: Causes,
    pub advice: Advice,
    pub asks: Asks,
    pub form: Form,
}

#[derive(Debug)]
pub struct Titles {
    pub waking: &'static str,
    pub ready: &'static str,
    pub failed: &'static str,
    pub asleep: &'static str,
}

/// What is happening now.
#[derive(Debug)]
pub struct Phases {
    pub looking: &'static str,
    pub starting_database: &'static str,
    pub resuming_database: &'static str,
    pub pulling_image: &'static str,
    pub starting_tasks: &'static str,
    pub checking_health: &'static str,
    pub turning_route: &'static str,
}

/// The names of the steps.
#[derive(Debug)]
pub struct Steps {
    pub database: &'static str,
    pub image: &'static str,
    pub tasks: &'static str,
    pub health: &'static str,
    pub route: &'static str,
}

/// The state of a step, for screen readers.
#[derive(Debug)]
pub struct States {
    pub pending: &'static str,
    pub active: &'static str,
    pub done: &'static str,
}

#[derive(Debug)]
pub struct Time {
    pub elapsed: &'static str,
    pub left_seconds: &'static str,
    pub left_minutes: &'static str,
    /// It takes longer than usual.
    pub longer: &'static str,
    /// The bar's name.
    pub progress: &'static str,
    /// The status cannot be read.
    pub offline: &'static str,
}

/// Why it does not wake.
#[derive(Debug)]
pub struct Causes {
    pub image: &'static str,
    pub secret: &'static str,
    pub resources: &'static str,
    pub container: &'static str,
    pub memory: &'static str,
    pub exits: &'static str,
    pub unhealthy: &'static str,
    pub capacity: &'static str,
    pub deployment: &'static str,
    pub start: &'static str,
    pub database: &'static str,
    pub elsewhere: &'static str,
    /// AWS does not answer, temporarily or permanently.
    pub busy: &'static str,
    pub refused: &'static str,
}

/// What a person can do about it.
#[derive(Debug)]
pub struct Advice {
    /// The failure may pass by itself.
    pub wait: &'static str,
    /// A person has to fix it.
    pub tell: &'static str,
    pub try_again: &'static str,
}

/// What a visitor must do to wake it.
#[derive(Debug)]
pub struct Asks {
    pub click: &'static str,
    pub wake: &'static str,
    pub budget: &'static str,
    pub token: &'static str,
    pub token_label: &'static str,
    pub network: &'static str,
    pub refused: &'static str,
    /// It has fallen asleep again while the page was open.
    pub again: &'static str,
}

/// A form that was sent to a sleeping application and did not reach it.
#[derive(Debug)]
pub struct Form {
    /// Says so, and how to send it again.
    pub not_sent: &'static str,
    pub send_again: &'static str,
}

/// English comes first: it is the default.
const ALL: [&Texts; 6] = [&en::TEXTS, &de::TEXTS, &fr::TEXTS, &es::TEXTS, &ja::TEXTS, &zh::TEXTS];

/// The first available language in the order of the header `Accept-Language` (RFC 9110, section 12.5.4;
/// a tag such as `de-CH` means `de`).
pub fn preferred(accept: Option<&str>) -> &'static Texts {
    let mut best: (f32, &'static Texts) = (0.0, ALL[0]);
    for range in accept.unwrap_or_default().split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let weight = parts.find_map(|parameter| parameter.strip_prefix("q=")).map_or(Ok(1.0), str::parse);
        let primary = tag.split('-').next().unwrap_or_default();
        let known = ALL.into_iter().find(|texts| texts.tag.eq_ignore_ascii_case(primary));
        if let (Ok(weight), Some(texts)) = (weight, known)
            && weight > best.0
        {
            best = (weight, texts);
        }
    }
    best.1
}

impl Texts {
    pub fn phase(&self, phase: Phase) -> &'static str {
        match phase {
            Phase::StartingDatabase => self.phases.starting_database,
            Phase::ResumingDatabase => self.phases.resuming_database,
            Phase::StartingTasks => self.phases.starting_tasks,
            Phase::CheckingHealth => self.phases.checking_health,
            Phase::TurningRoute | Phase::Ready => self.phases.turning_route,
            Phase::Looking | Phase::FallingAsleep | Phase::Asleep => self.phases.looking,
            Phase::Failed(failure) => self.cause(failure),
        }
    }

    pub fn step(&self, step: StepName) -> &'static str {
        match step {
            StepName::Database => self.steps.database,
            StepName::Image => self.steps.image,
            StepName::Tasks => self.steps.tasks,
            StepName::Health => self.steps.health,
            StepName::Route => self.steps.route,
        }
    }

    pub fn state(&self, state: StepState) -> &'static str {
        match state {
            StepState::Pending => self.states.pending,
            StepState::Active => self.states.active,
            StepState::Done => self.states.done,
        }
    }

    pub fn cause(&self, failure: Failure) -> &'static str {
        match failure {
            Failure::Start(StartFailure::ImageNotPulled) => self.causes.image,
            Failure::Start(StartFailure::SecretDenied) => self.causes.secret,
            Failure::Start(StartFailure::ResourcesNotInitialised) => self.causes.resources,
            Failure::Start(StartFailure::ContainerNotStarted) => self.causes.container,
            Failure::Start(StartFailure::OutOfMemory) => self.causes.memory,
            Failure::Start(StartFailure::ContainerExits) => self.causes.exits,
            Failure::Start(StartFailure::Unhealthy) => self.causes.unhealthy,
            Failure::Start(StartFailure::NoCapacity) => self.causes.capacity,
            Failure::Start(StartFailure::DeploymentFailed) => self.causes.deployment,
            Failure::Start(StartFailure::Other) => self.causes.start,
            Failure::DatabaseUnusable => self.causes.database,
            Failure::RouteElsewhere => self.causes.elsewhere,
            Failure::Fault(kind) if kind.retryable() => self.causes.busy,
            Failure::Fault(_) => self.causes.refused,
        }
    }

    /// What to do about the failure.
    pub fn advice(&self, failure: Failure) -> &'static str {
        match failure {
            Failure::Start(StartFailure::NoCapacity) => self.advice.wait,
            Failure::Fault(kind) if kind.retryable() => self.advice.wait,
            _ => self.advice.tell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_available_language_wins() {
        for (accept, tag) in [
            (None, "en"),
            (Some(""), "en"),
            (Some("de-CH,de;q=0.9,en;q=0.8"), "de"),
            (Some("pt-BR,pt;q=0.9,es;q=0.5,en;q=0.3"), "es"),
            (Some("en;q=0.3, fr;q=0.8"), "fr"),
            (Some("zh-Hant-TW"), "zh"),
            (Some("JA"), "ja"),
            (Some("xx, *;q=0.5"), "en"),
            (Some("de;q=0, fr;q=nonsense"), "en"),
            (Some(";;,,q=1;="), "en"),
        ] {
            assert_eq!(preferred(accept).tag, tag, "{accept:?}");
        }
    }

    /// A translation without a placeholder would lose its value.
    #[test]
    fn every_language_has_the_placeholders_of_english() {
        for texts in ALL {
            let titles = [texts.titles.waking, texts.titles.ready, texts.titles.failed, texts.titles.asleep];
            assert!(titles.iter().all(|title| title.contains("{name}")), "{titles:?}");
            let times = [texts.time.elapsed, texts.time.left_seconds, texts.time.left_minutes];
            assert!(times.iter().all(|time| time.contains("{n}")), "{times:?}");
            let all = format!("{texts:?}");
            assert!(!all.contains("\"\""), "{} has an empty text", texts.tag);
        }
    }
}
