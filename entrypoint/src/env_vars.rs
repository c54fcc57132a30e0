//! The variables that the process was started with, and the app's.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::ffi::{OsStr, OsString};

/// A set of environment variables. Names and values that are not UTF-8 are passed on unchanged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EnvVars(BTreeMap<OsString, OsString>);

impl EnvVars {
    /// The environment of this process.
    pub fn of_this_process() -> Self {
        std::env::vars_os().collect()
    }

    /// The value, unless it is absent, empty or not UTF-8.
    ///
    /// An empty value counts as absent, because templates of task definitions write it for an input
    /// that was not given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_os(name)?.to_str()
    }

    /// The value, unless it is absent or empty.
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        let value = self.0.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }

    /// Whether the variable has a value that is not UTF-8, which [`Self::get`] does not show.
    pub fn is_unreadable(&self, name: &str) -> bool {
        self.get_os(name).is_some_and(|value| value.to_str().is_none())
    }

    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(OsStr::new(name));
    }

    pub fn iter(&self) -> btree_map::Iter<'_, OsString, OsString> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a EnvVars {
    type Item = (&'a OsString, &'a OsString);
    type IntoIter = btree_map::Iter<'a, OsString, OsString>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for EnvVars {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

// The values may be secrets: only the names are shown.
impl std::fmt::Debug for EnvVars {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn an_empty_value_counts_as_absent() {
        let environment = EnvVars::from_iter([("A", ""), ("B", "b")]);
        assert_eq!(environment.get("A"), None);
        assert_eq!(environment.get("B"), Some("b"));
        assert_eq!(environment.get("C"), None);
    }

    #[test]
    fn a_value_that_is_not_utf_8_is_absent_but_told() {
        let environment = EnvVars::from_iter([("A", OsStr::from_bytes(b"\xff")), ("B", OsStr::new("b"))]);
        assert_eq!(environment.get("A"), None);
        assert_eq!(["A", "B", "C"].map(|name| environment.is_unreadable(name)), [true, false, false]);
    }

    #[test]
    fn debug_shows_names_only() {
        let environment = EnvVars::from_iter([("DB_PASSWORD", "hunter2")]);
        assert_eq!(format!("{environment:?}"), r#"{"DB_PASSWORD"}"#);
    }
}
