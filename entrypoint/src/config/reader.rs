//! Reads variables one by one and collects their problems.

use std::fmt;

/// A variable and the rule that its value breaks, without the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub variable: String,
    pub rule: String,
}

impl Problem {
    pub fn new(variable: impl Into<String>, rule: impl fmt::Display) -> Self {
        Self { variable: variable.into(), rule: rule.to_string() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.rule)
    }
}

/// Variables on one side, problems on the other.
pub(super) struct Reader<F> {
    get: F,
    problems: Vec<Problem>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    pub(super) fn new(get: F) -> Self {
        Self { get, problems: Vec::new() }
    }

    /// The variable as `parse` reads it; None if it is absent or wrong.
    pub(super) fn read<T, E: fmt::Display>(
        &mut self,
        variable: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = (self.get)(variable)?;
        parse(&text).map_err(|rule| self.problem(variable, rule)).ok()
    }

    /// The variable's items, separated by white space, each as `parse` reads it.
    pub(super) fn read_list<T, E: fmt::Display>(
        &mut self,
        variable: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let text = (self.get)(variable)?;
        let mut items = Vec::new();
        for (index, item) in text.split_whitespace().enumerate() {
            match parse(item) {
                Ok(item) => items.push(item),
                Err(rule) => self.problem(variable, format_args!("item {}: {rule}", index + 1)),
            }
        }
        Some(items)
    }

    pub(super) fn problem(&mut self, variable: &str, rule: impl fmt::Display) {
        self.problems.push(Problem::new(variable, rule));
    }

    pub(super) fn finish(self) -> Vec<Problem> {
        self.problems
    }
}
