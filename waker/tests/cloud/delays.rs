//! What takes time on AWS.

use std::time::Duration;

use super::{
    clock::{Millis, SECOND, millis},
    dice::Dice,
    pace::Distribution,
};

/// How long something takes.
#[derive(Clone, Copy, Debug)]
pub enum Delay {
    Always(Millis),
    /// Evenly distributed; never the second.
    Between(Millis, Millis),
    /// These quantities of AWS's pace, one after the other.
    Pace(&'static [&'static str]),
    /// A target's registration at AWS's pace, and its first health check.
    FirstCheck,
}

impl Delay {
    pub const NONE: Self = Self::Always(0);

    pub fn draw(self, dice: &mut Dice) -> Millis {
        match self {
            Self::Always(time) => time,
            Self::Between(from, to) => dice.between(from..to),
            Self::Pace(quantities) => quantities.iter().map(|quantity| dice.time(quantity)).sum(),
            Self::FirstCheck => {
                let interval = dice.time("health_check_interval");
                dice.time("target_registration") + dice.between(0..interval)
            }
        }
    }

    pub fn longest(self) -> Millis {
        let longest = |quantity: &&str| Distribution::of(quantity).longest();
        match self {
            Self::Always(time) | Self::Between(_, time) => time,
            Self::Pace(quantities) => quantities.iter().map(longest).sum(),
            Self::FirstCheck => ["target_registration", "health_check_interval"].iter().map(longest).sum(),
        }
    }
}

impl From<Duration> for Delay {
    fn from(time: Duration) -> Self {
        Self::Always(millis(time))
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Delays {
    /// One API call.
    pub call: Delay,
    /// How old the state may be that ECS and Elastic Load Balancing return.
    pub ecs_lag: Delay,
    pub elb_lag: Delay,
    /// From a new desired count to the run of ECS's scheduler.
    pub scheduler: Delay,
    /// From there to a running task.
    pub task_start: Delay,
    /// From a running task, with its database up, to a healthy target.
    pub health_check: Delay,
    /// The resume of a database that is paused, and of one that has been for more than a day.
    pub resume: Delay,
    pub deep_resume: Delay,
    /// The start of a stopped database.
    pub database_start: Delay,
    /// From `ModifyRule` to a node of the load balancer, drawn anew for each request.
    pub propagation: Delay,
}

impl Delays {
    /// AWS's pace: an image of 50 MB, a health check every 5 to 10 s. No source has a time for
    /// ECS's scheduler and for the start of a stopped database: both are chosen.
    pub const AWS: Self = Self {
        call: Delay::Pace(&["api_latency"]),
        ecs_lag: Delay::Pace(&["ecs_read_lag"]),
        elb_lag: Delay::Pace(&["elb_read_lag"]),
        scheduler: Delay::Between(300, 8 * SECOND),
        task_start: Delay::Pace(&["provision", "pull_50_mb", "container_start"]),
        health_check: Delay::FirstCheck,
        resume: Delay::Pace(&["resume_after_hour"]),
        deep_resume: Delay::Pace(&["resume_after_day"]),
        database_start: Delay::Always(240 * SECOND),
        propagation: Delay::Pace(&["rule_propagation"]),
    };

    /// AWS's pace, where everything that happens to each task or database always takes as long.
    pub fn aws(dice: &mut Dice) -> Self {
        let mut sample = |delay: Delay| Delay::Always(delay.draw(dice));
        Self {
            scheduler: sample(Self::AWS.scheduler),
            task_start: sample(Self::AWS.task_start),
            health_check: sample(Self::AWS.health_check),
            resume: sample(Self::AWS.resume),
            ..Self::AWS
        }
    }
}

/// Quick, and always the same.
impl Default for Delays {
    fn default() -> Self {
        Self {
            call: Delay::Always(20),
            ecs_lag: Delay::NONE,
            elb_lag: Delay::NONE,
            scheduler: Delay::NONE,
            task_start: Delay::Always(8 * SECOND),
            health_check: Delay::Always(2 * SECOND),
            resume: Delay::Always(15 * SECOND),
            deep_resume: Delay::Always(30 * SECOND),
            database_start: Delay::Always(120 * SECOND),
            propagation: Delay::Always(3 * SECOND),
        }
    }
}
