//! The rules across services and across environments.

use std::collections::HashMap;
use std::hash::Hash;

use super::{Database, MAX_SERVICES, draft::Draft, reader::Problems};

/// Checks environments, each with its path.
pub(super) fn check(drafts: &[(String, Draft)], problems: &Problems) {
    for (path, draft) in drafts {
        services(path, draft, problems);
    }
    let all = |path: &String, field: &str| format!("{path}.{field}");
    unique(drafts.iter().map(|(path, draft)| (all(path, "name"), draft.environment.name.as_str())), problems);
    unique(
        drafts
            .iter()
            .map(|(path, draft)| (all(path, "route.rule_arn"), draft.environment.route.rule_arn.as_str())),
        problems,
    );
    unique(
        drafts.iter().flat_map(|(path, draft)| {
            let hosts = draft.environment.hosts.iter().enumerate();
            hosts.map(move |(index, host)| (format!("{path}.hosts[{index}]"), Some(host)))
        }),
        problems,
    );
    databases(drafts, problems);
    if drafts.len() > 1 {
        for (path, draft) in drafts {
            if draft.environment.hosts.is_empty() {
                problems
                    .add(all(path, "hosts"), "must name a host, because there is more than one environment");
            }
        }
    }
}

/// If two environments share a database, the first to fall asleep would stop it for the other.
fn databases(drafts: &[(String, Draft)], problems: &Problems) {
    let databases =
        || drafts.iter().filter_map(|(path, draft)| Some((path, draft.environment.database.as_ref()?)));
    for (path, database) in databases().filter(|(_, database)| database.stop_when_idle) {
        let same = |other: &Database| {
            (other.kind, &other.identifier) == (database.kind, &database.identifier)
                && !database.identifier.is_empty()
        };
        if let Some((other, _)) = databases().find(|(other, shared)| *other != path && same(shared)) {
            problems.add(
                format!("{path}.database.stop_when_idle"),
                format!("must be false, because {other}.database is the same database"),
            );
        }
    }
}

fn services(path: &str, draft: &Draft, problems: &Problems) {
    let services = &draft.environment.services;
    let field = |index: usize, name: &str| format!("{path}.services[{index}].{name}");
    unique(
        services.iter().enumerate().map(|(index, service)| (field(index, "service"), service.name.as_str())),
        problems,
    );
    for (index, names) in draft.after.iter().enumerate() {
        for name in names {
            if draft.service(name).is_none() {
                problems.add(
                    field(index, "after"),
                    format!("names {name}, which is not a service of this environment"),
                );
            }
        }
        unique(names.iter().map(|name| (field(index, "after"), name.as_str())), problems);
    }
    if let Some(index) = in_cycle(draft) {
        problems.add(field(index, "after"), "leads back to this service: the order has a cycle");
    }
    if services.is_empty() {
        return;
    }
    if services.len() > MAX_SERVICES {
        problems.add(format!("{path}.services"), format!("must hold at most {MAX_SERVICES} services"));
    }
    if services.iter().all(|service| service.optional) {
        problems.add(format!("{path}.services"), "must hold a service that is not optional");
    }
    // A redirect leads to the app's target group: unless a wake waits for its health, it may lead to no
    // healthy target.
    let app = &draft.environment.route.app_target_group_arn;
    if !app.is_empty() && !services.iter().any(|s| !s.optional && s.target_group_arn.as_ref() == Some(app)) {
        problems.add(
            format!("{path}.route.app_target_group_arn"),
            "must be the target_group_arn of a service that is not optional",
        );
    }
}

/// A service that comes after itself, directly or through others.
fn in_cycle(draft: &Draft) -> Option<usize> {
    let next = |index: usize| draft.after[index].iter().filter_map(|name| draft.service(name));
    (0..draft.after.len()).find(|&start| {
        let mut seen = vec![false; draft.after.len()];
        let mut open: Vec<_> = next(start).collect();
        while let Some(index) = open.pop() {
            if index == start {
                return true;
            }
            if !std::mem::replace(&mut seen[index], true) {
                open.extend(next(index));
            }
        }
        false
    })
}

/// No two of the values may be equal; the second of two is the problem.
///
/// Empty values stand for missing ones, which are already recorded.
fn unique<T: Eq + Hash + Default>(values: impl Iterator<Item = (String, T)>, problems: &Problems) {
    let mut first: HashMap<T, String> = HashMap::new();
    for (field, value) in values.filter(|(_, value)| *value != T::default()) {
        match first.get(&value) {
            Some(other) => problems.add(field, format!("must differ from {other}")),
            None => {
                first.insert(value, field);
            }
        }
    }
}
