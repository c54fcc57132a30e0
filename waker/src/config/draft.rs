//! An environment before the rules across services are checked.

use super::Environment;

/// An environment whose services refer to each other by name.
pub(super) struct Draft {
    pub(super) environment: Environment,
    /// For each service the names in its `after`.
    pub(super) after: Vec<Vec<String>>,
}

impl Draft {
    /// The index of the service with that name.
    pub(super) fn service(&self, name: &str) -> Option<usize> {
        self.environment.services.iter().position(|service| service.name == name)
    }

    pub(super) fn resolve(mut self) -> Environment {
        for (index, names) in self.after.iter().enumerate() {
            let indices = names.iter().filter_map(|name| self.service(name)).collect();
            self.environment.services[index].after = indices;
        }
        self.environment
    }
}
