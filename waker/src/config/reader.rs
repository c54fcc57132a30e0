//! Reads fields out of JSON and collects what is wrong with them.
//!
//! An invalid field is recorded and read as an empty value, so that one run finds every mistake. The
//! empty values never leave this module's callers: they return nothing once a problem is recorded.

use std::{cell::RefCell, ops::RangeInclusive};

use serde_json::{Map, Value};

use super::Problem;

/// The problems found so far.
#[derive(Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(super) fn add(&self, field: impl Into<String>, rule: impl Into<String>) {
        self.0.borrow_mut().push(Problem { field: field.into(), rule: rule.into() });
    }

    pub(super) fn into_result<T>(self, value: T) -> Result<T, Vec<Problem>> {
        let problems = self.0.into_inner();
        if problems.is_empty() { Ok(value) } else { Err(problems) }
    }
}

/// One JSON object whose fields are taken by name, once each.
pub(super) struct Object<'a> {
    path: String,
    fields: &'a Map<String, Value>,
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a> Object<'a> {
    /// None, and a problem, if `value` is not an object.
    pub(super) fn open(value: &'a Value, path: String, problems: &'a Problems) -> Option<Self> {
        if let Value::Object(fields) = value {
            Some(Self { path, fields, known: Vec::new(), problems })
        } else {
            problems.add(if path.is_empty() { "configuration" } else { &path }, "must be an object");
            None
        }
    }

    pub(super) fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn problem(&self, name: &str, rule: impl Into<String>) {
        self.problems.add(self.field(name), rule);
    }

    pub(super) fn problem_at(&self, path: String, rule: &str) {
        self.problems.add(path, rule);
    }

    /// A problem of the object as a whole.
    pub(super) fn whole_problem(&self, rule: &str) {
        self.problems.add(self.path.clone(), rule);
    }

    /// An object below this one, such as an item of a list.
    pub(super) fn child(&self, value: &'a Value, path: String) -> Option<Self> {
        Self::open(value, path, self.problems)
    }

    /// A string that satisfies `valid`; `rule` describes that for the problem.
    pub(super) fn text(&mut self, name: &'static str, rule: &str, valid: impl Fn(&str) -> bool) -> String {
        self.required(name);
        self.optional_text(name, rule, valid).unwrap_or_default()
    }

    pub(super) fn optional_text(
        &mut self,
        name: &'static str,
        rule: &str,
        valid: impl Fn(&str) -> bool,
    ) -> Option<String> {
        match self.take(name)?.as_str() {
            Some(text) if valid(text) => Some(text.to_owned()),
            _ => {
                self.problem(name, format!("must be {rule}"));
                None
            }
        }
    }

    pub(super) fn number(&mut self, name: &'static str, default: u32, range: RangeInclusive<u32>) -> u32 {
        let Some(value) = self.take(name) else { return default };
        match value.as_u64().and_then(|number| u32::try_from(number).ok()) {
            Some(number) if range.contains(&number) => number,
            _ => {
                self.problem(
                    name,
                    format!("must be a whole number from {} to {}", range.start(), range.end()),
                );
                default
            }
        }
    }

    /// False if absent.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        self.flag_or(name, false)
    }

    pub(super) fn flag_or(&mut self, name: &'static str, default: bool) -> bool {
        let Some(value) = self.take(name) else { return default };
        value.as_bool().unwrap_or_else(|| {
            self.problem(name, "must be true or false");
            default
        })
    }

    /// The values of a list with their paths.
    pub(super) fn list(&mut self, name: &'static str) -> Vec<(String, &'a Value)> {
        let path = self.field(name);
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(index, item)| (format!("{path}[{index}]"), item)).collect()
            }
            Some(_) => {
                self.problem(name, "must be a list");
                Vec::new()
            }
        }
    }

    /// A list that must be present and not empty.
    pub(super) fn filled_list(&mut self, name: &'static str) -> Vec<(String, &'a Value)> {
        self.required(name);
        if self.take(name).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            self.problem(name, "must not be empty");
        }
        self.list(name)
    }

    pub(super) fn object(&mut self, name: &'static str) -> Option<Object<'a>> {
        self.required(name);
        self.optional_object(name)
    }

    pub(super) fn optional_object(&mut self, name: &'static str) -> Option<Object<'a>> {
        let value = self.take(name)?;
        Object::open(value, self.field(name), self.problems)
    }

    /// Every field that was not read is a problem.
    pub(super) fn close(self) {
        for name in self.fields.keys() {
            if !self.known.contains(&name.as_str()) {
                let known = self.known.join(", ");
                self.problem(name, format!("is unknown; the fields here are {known}"));
            }
        }
    }

    fn required(&mut self, name: &'static str) {
        if self.take(name).is_none() {
            self.problem(name, "is missing");
        }
    }

    /// `null` counts as absent: Terraform writes an unset value so.
    fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.fields.get(name).filter(|value| !value.is_null())
    }
}
