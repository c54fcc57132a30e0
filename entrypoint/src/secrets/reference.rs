//! How a variable names a secret.
//!
//! Two spellings. ECS's own, of `secrets[].valueFrom` (Amazon ECS developer guide, "Pass Secrets
//! Manager secrets through environment variables"): `ARN:json-key:version-stage:version-id`, where
//! any of the three may be empty. And the readable `name#json-key`.

use std::fmt;

use thiserror::Error;

/// The prefix of a variable's value that is a reference.
pub const PREFIX: &str = "secretsmanager:";

/// One version of one secret, fetched at most once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretId {
    /// The secret's ARN or name.
    pub id: String,
    /// None means AWSCURRENT, unless a version is given.
    pub stage: Option<String>,
    pub version: Option<String>,
}

/// A secret, or one value of a secret that holds JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub secret: SecretId,
    pub key: Option<String>,
}

/// Why a text is not a reference. It does not repeat the text, which may be a secret pasted by
/// mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    #[error("names no secret")]
    Empty,
    #[error("is an ARN, but not of a secret (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME)")]
    NotASecret,
    #[error("has more than json-key, version-stage and version-id after the secret's ARN")]
    TooManyFields,
    #[error("has a json-key both after a colon and after a #")]
    TwoKeys,
    #[error("has characters that no secret's name has (a name is of A-Z a-z 0-9 / _ + = . @ ! -)")]
    Name,
}

impl Reference {
    /// Reads a reference, with or without [`PREFIX`].
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        let (secret, key) = match text.split_once('#') {
            Some((secret, key)) => (secret, present(key)),
            None => (text, None),
        };
        if secret.starts_with("arn:") {
            return Self::parse_arn(secret, key);
        }
        if secret.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if !secret.chars().all(is_name_character) {
            return Err(ReferenceError::Name);
        }
        Ok(Self { secret: SecretId { id: secret.into(), stage: None, version: None }, key })
    }

    fn parse_arn(arn: &str, key: Option<String>) -> Result<Self, ReferenceError> {
        let fields: Vec<_> = arn.split(':').collect();
        let [_, partition, "secretsmanager", region, account, "secret", name, after @ ..] = &fields[..]
        else {
            return Err(ReferenceError::NotASecret);
        };
        if [partition, region, account, name].iter().any(|field| field.is_empty()) {
            return Err(ReferenceError::NotASecret);
        }
        if !name.chars().all(is_name_character) {
            return Err(ReferenceError::Name);
        }
        if after.len() > 3 {
            return Err(ReferenceError::TooManyFields);
        }
        let field = |index: usize| after.get(index).and_then(|text| present(text));
        if key.is_some() && field(0).is_some() {
            return Err(ReferenceError::TwoKeys);
        }
        let secret = SecretId { id: fields[..7].join(":"), stage: field(1), version: field(2) };
        Ok(Self { secret, key: key.or_else(|| field(0)) })
    }
}

impl SecretId {
    /// The region in an ARN; a secret is read there, also if the task runs elsewhere.
    pub(super) fn region(&self) -> Option<&str> {
        self.id.starts_with("arn:").then(|| self.id.split(':').nth(3)).flatten()
    }
}

/// For logs: the secret and the key.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.secret.id)?;
        self.key.as_ref().map_or(Ok(()), |key| write!(f, "#{key}"))
    }
}

fn present(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Secrets Manager's `CreateSecret`: "alphanumeric characters, or /_+=.@-"; secrets of AWS services
/// also have an exclamation mark.
fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "/_+=.@!-".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCdEf";

    fn reference(id: &str, key: &str, stage: &str, version: &str) -> Reference {
        let secret = SecretId { id: id.into(), stage: present(stage), version: present(version) };
        Reference { secret, key: present(key) }
    }

    #[test]
    fn every_spelling_of_ecs_is_read() {
        for (suffix, key, stage, version) in [
            ("", "", "", ""),
            (":username", "username", "", ""),
            (":username::", "username", "", ""),
            (":::", "", "", ""),
            ("::AWSPREVIOUS:", "", "AWSPREVIOUS", ""),
            (":::9d4cb84b-ad69-40c0-a0ab-cead36b967e8", "", "", "9d4cb84b-ad69-40c0-a0ab-cead36b967e8"),
            (":username:AWSPREVIOUS:v1", "username", "AWSPREVIOUS", "v1"),
            ("#username", "username", "", ""),
            ("::AWSPREVIOUS:#username", "username", "AWSPREVIOUS", ""),
        ] {
            let text = format!("{PREFIX}{ARN}{suffix}");
            assert_eq!(Reference::parse(&text), Ok(reference(ARN, key, stage, version)), "{suffix}");
        }
    }

    #[test]
    fn a_name_is_read_with_and_without_a_key() {
        let managed = "rds!cluster-0a1b2c";
        assert_eq!(Reference::parse(managed), Ok(reference(managed, "", "", "")));
        assert_eq!(
            Reference::parse("secretsmanager:app/db#password"),
            Ok(reference("app/db", "password", "", ""))
        );
        assert_eq!(Reference::parse("app/db#a#b"), Ok(reference("app/db", "a#b", "", "")));
    }

    #[test]
    fn what_is_no_reference_is_named() {
        for (text, error) in [
            ("", ReferenceError::Empty),
            ("secretsmanager:", ReferenceError::Empty),
            ("#key", ReferenceError::Empty),
            ("arn:aws:ssm:eu-west-1:123456789012:parameter/app", ReferenceError::NotASecret),
            ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:", ReferenceError::NotASecret),
            ("arn:aws:secretsmanager::123456789012:secret:app", ReferenceError::NotASecret),
            ("my secret", ReferenceError::Name),
            ("name:key::", ReferenceError::Name),
        ] {
            assert_eq!(Reference::parse(text), Err(error), "{text}");
        }
        assert_eq!(Reference::parse(&format!("{ARN}:k:s:v:x")), Err(ReferenceError::TooManyFields));
        assert_eq!(Reference::parse(&format!("{ARN}:k#k")), Err(ReferenceError::TwoKeys));
    }

    #[test]
    fn only_an_arn_names_a_region() {
        assert_eq!(Reference::parse(ARN).unwrap().secret.region(), Some("eu-west-1"));
        assert_eq!(Reference::parse("app/db").unwrap().secret.region(), None);
    }
}
