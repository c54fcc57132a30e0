use std::{fmt::Display, fs, path::PathBuf};

use super::{Config, ConfigError, Environment, json, parse};

/// The configuration's text, not parsed yet.
pub(super) struct Source(String);

pub(super) fn text(variable: impl Fn(&str) -> Option<String>) -> Result<Source, ConfigError> {
    match (variable("WAKER_CONFIG"), variable("WAKER_CONFIG_FILE")) {
        (Some(text), None) => Ok(Source(text)),
        (None, Some(path)) => {
            let path = PathBuf::from(path);
            match fs::read_to_string(&path) {
                Ok(text) => Ok(Source(text)),
                Err(source) => Err(ConfigError::File { path, source }),
            }
        }
        (None, None) => Err(ConfigError::NotSet),
        (Some(_), Some(_)) => Err(ConfigError::SetTwice),
    }
}

impl Source {
    pub(super) fn parse<E: Display>(
        &self,
        check_page: impl Fn(&Environment) -> Result<(), E>,
    ) -> Result<Config, ConfigError> {
        let value = json::strict(&self.0).map_err(ConfigError::Json)?;
        parse::config(&value, check_page).map_err(ConfigError::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::config::tests::load;

    fn variables<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn exactly_one_of_the_two_variables_is_taken() {
        assert!(matches!(load(variables(&[])), Err(ConfigError::NotSet)));
        let both = [("WAKER_CONFIG", "{}"), ("WAKER_CONFIG_FILE", "x")];
        assert!(matches!(load(variables(&both)), Err(ConfigError::SetTwice)));
    }

    #[test]
    fn a_file_is_read_and_a_missing_one_is_named() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "[]").unwrap();
        let path = file.path().to_str().unwrap().to_owned();
        let error = load(variables(&[("WAKER_CONFIG_FILE", &path)])).unwrap_err();
        assert!(matches!(&error, ConfigError::Invalid(_)), "{error}");

        let error = load(variables(&[("WAKER_CONFIG_FILE", "missing.json")])).unwrap_err();
        assert_eq!(error.to_string(), "failed to read WAKER_CONFIG_FILE missing.json");
    }

    #[test]
    fn broken_json_says_where() {
        let error = load(variables(&[("WAKER_CONFIG", "{\n  \"environments\": [,]}")])).unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("line 2 column 20"), "{source}");
    }
}
