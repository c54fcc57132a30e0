//! Application Auto Scaling: which activities are suspended, and which of them by the waker.
//!
//! A policy or a scheduled action would raise the desired count of a sleeping service. So scaling is
//! suspended before a count is set to 0, and resumed after the count is set again. A second tag of the
//! listener rule, `reveille:scaling`, records what the waker has suspended, so that what a person has
//! suspended stays suspended.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bitflags::bitflags;
use ring::digest;

use crate::config::{Environment, MAX_SERVICES};

/// Bits of [`ByService`] for each service.
const WIDTH: usize = 4;
const _: () = assert!(MAX_SERVICES * WIDTH <= u128::BITS as usize, "the services fit");

bitflags! {
    /// What Application Auto Scaling can suspend of a scalable target.
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_SuspendedState.html>
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Activities: u8 {
        const SCALE_IN = 1;
        const SCALE_OUT = 1 << 1;
        const SCHEDULED = 1 << 2;
    }
}

/// The activities that are suspended now, by service in the configuration's order. None for a service
/// without a scalable target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scaling(pub Vec<Option<Activities>>);

impl Scaling {
    /// Each service that has a scalable target, with its suspended activities.
    pub fn targets(&self) -> impl Iterator<Item = (usize, Activities)> {
        self.0.iter().enumerate().filter_map(|(service, suspended)| Some((service, (*suspended)?)))
    }
}

/// Activities of services, by index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ByService(u128);

impl ByService {
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn of(self, service: usize) -> Activities {
        let bits = self.0.checked_shr(shift(service)).unwrap_or_default();
        Activities::from_bits_truncate(bits.to_le_bytes()[0])
    }

    /// Sets the activities of that service.
    #[must_use]
    pub fn with(self, service: usize, activities: Activities) -> Self {
        let at = |bits: Activities| u128::from(bits.bits()).checked_shl(shift(service)).unwrap_or_default();
        Self((self.0 & !at(Activities::all())) | at(activities))
    }

    /// Each service with at least one activity.
    pub fn iter(self) -> impl Iterator<Item = (usize, Activities)> {
        let each = (0..MAX_SERVICES).map(move |service| (service, self.of(service)));
        each.filter(|(_, activities)| !activities.is_empty())
    }
}

impl FromIterator<(usize, Activities)> for ByService {
    fn from_iter<I: IntoIterator<Item = (usize, Activities)>>(activities: I) -> Self {
        activities.into_iter().fold(Self::default(), |all, (service, of)| all.with(service, of))
    }
}

fn shift(service: usize) -> u32 {
    u32::try_from(service * WIDTH).unwrap_or(u32::MAX)
}

/// What the waker has suspended, and when it last wrote the tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Suspended {
    pub activities: ByService,
    pub since: SystemTime,
}

impl Default for Suspended {
    fn default() -> Self {
        Self { activities: ByService::default(), since: UNIX_EPOCH }
    }
}

impl Suspended {
    pub fn is_empty(self) -> bool {
        self.activities.is_empty()
    }

    /// The tag's value: seconds since the epoch, then for each service a digest of its name and the
    /// activities' bits. The name may be as long as the whole tag, and the index may change with the
    /// configuration.
    pub fn text(self, environment: &Environment) -> String {
        let since = self.since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let services = self.activities.iter().filter_map(|(index, activities)| {
            let service = environment.services.get(index)?;
            Some(format!(" {}{}", name_digest(&service.name), activities.bits()))
        });
        if self.is_empty() { String::new() } else { since.to_string() + &services.collect::<String>() }
    }

    /// Reads the tag. Text of any other form, and services that are no longer configured, are skipped.
    pub fn parse(text: &str, environment: &Environment) -> Self {
        let mut words = text.split(' ');
        let since = words.next().and_then(|word| word.parse().ok()).map(Duration::from_secs);
        let Some(since) = since.and_then(|since| UNIX_EPOCH.checked_add(since)) else {
            return Self::default();
        };
        let activities = words.filter_map(|word| {
            let (digest, bits) = word.split_at_checked(word.len().checked_sub(1)?)?;
            let index =
                environment.services.iter().position(|service| name_digest(&service.name) == digest)?;
            Some((index, Activities::from_bits(bits.parse().ok()?)?))
        });
        let activities: ByService = activities.collect();
        if activities.is_empty() { Self::default() } else { Self { activities, since } }
    }
}

/// Four characters that a tag may contain.
fn name_digest(name: &str) -> String {
    let digest = digest::digest(&digest::SHA256, name.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..3])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::tests::example;

    /// An environment with the maximum number of services.
    fn large() -> Environment {
        let mut environment = example();
        let service = environment.services[0].clone();
        environment.services = (0..MAX_SERVICES)
            .map(|index| {
                let mut service = service.clone();
                service.name = format!("service-{index}");
                service
            })
            .collect();
        environment
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_keeps_to_the_rules_of_a_tag(
            since in 0_u64..10_000_000_000,
            bits in prop::collection::vec(0_u8..8, MAX_SERVICES),
        ) {
            let environment = large();
            let activities = bits.iter().map(|bits| Activities::from_bits_truncate(*bits)).enumerate().collect();
            let suspended = Suspended { activities, since: UNIX_EPOCH + Duration::from_secs(since) };
            let text = suspended.text(&environment);
            let expected = if suspended.is_empty() { Suspended::default() } else { suspended };
            prop_assert_eq!(Suspended::parse(&text, &environment), expected);
            // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html
            prop_assert!(text.len() <= 256, "{}", text);
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c)));
        }

        #[test]
        fn any_text_can_be_read(text in "[0-9]{0,21}( [A-Za-z0-9é_-]{0,6}){0,4}") {
            let _ = Suspended::parse(&text, &large());
        }
    }

    #[test]
    fn suspended_activities_belong_to_the_service_at_any_place_in_the_configuration() {
        let environment = large();
        let activities = ByService::default().with(1, Activities::all()).with(3, Activities::SCHEDULED);
        let suspended = Suspended { activities, since: UNIX_EPOCH + Duration::from_secs(7) };
        let text = suspended.text(&environment);
        let mut changed = environment;
        changed.services.remove(0);
        changed.services.remove(0);
        let expected = ByService::default().with(1, Activities::SCHEDULED);
        assert_eq!(Suspended::parse(&text, &changed).activities, expected, "{text}");
    }
}
