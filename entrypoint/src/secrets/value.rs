//! One value of a secret that holds JSON.
//!
//! As an environment variable, a string becomes its text; a number, `true` or `false` its JSON text
//! exactly as in the secret (a port `5432`, an id of twenty digits); an object or array its JSON
//! text. `null` is an error.
//!
//! A key that exists in the object is taken literally, with its dots; otherwise dots lead into
//! nested objects (`db.password`). ECS itself only knows top-level keys, so every key that works
//! there works here.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use thiserror::Error;

use crate::secret::Secret;

/// Why a secret has no such value. No variant contains the secret's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    #[error("is not a JSON object")]
    NotAnObject,
    #[error("has no such key")]
    NoSuchKey,
    #[error("has null for that key")]
    Null,
    #[error("has a string that is not Unicode: half of a surrogate pair stands alone")]
    NotUnicode,
}

/// The value of `key` in a JSON object.
pub(crate) fn select(json: &str, key: &str) -> Result<Secret, ValueError> {
    let object: BTreeMap<String, &RawValue> =
        serde_json::from_str(json).map_err(|_| ValueError::NotAnObject)?;
    if let Some(value) = object.get(key) {
        return text(value.get());
    }
    for (dot, _) in key.match_indices('.') {
        let Some(value) = object.get(&key[..dot]) else { continue };
        match select(value.get(), &key[dot + 1..]) {
            Err(ValueError::NotAnObject | ValueError::NoSuchKey) => {}
            found => return found,
        }
    }
    Err(ValueError::NoSuchKey)
}

fn text(json: &str) -> Result<Secret, ValueError> {
    if json == "null" {
        return Err(ValueError::Null);
    }
    if !json.starts_with('"') {
        return Ok(Secret::new(json));
    }
    // The whole document has been parsed already, so only the string's content can be wrong.
    serde_json::from_str::<String>(json).map(Secret::new).map_err(|_| ValueError::NotUnicode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(json: &str, key: &str) -> Result<String, ValueError> {
        select(json, key).map(Secret::into_exposed)
    }

    #[test]
    fn every_kind_of_value_has_its_text() {
        let json = r#"{"s":"a\"\u00e9","n":5432,"big":12345678901234567890123,"f":1.50,"t":true,
            "o":{"x": [1, 2]},"a":[1, "b"],"empty":"","nil":null}"#;
        for (key, value) in [
            ("s", "a\"é"),
            ("n", "5432"),
            ("big", "12345678901234567890123"),
            ("f", "1.50"),
            ("t", "true"),
            ("o", r#"{"x": [1, 2]}"#),
            ("a", r#"[1, "b"]"#),
            ("empty", ""),
        ] {
            assert_eq!(selected(json, key).as_deref(), Ok(value), "{key}");
        }
        assert_eq!(selected(json, "nil"), Err(ValueError::Null));
        assert_eq!(selected(json, "absent"), Err(ValueError::NoSuchKey));
    }

    #[test]
    fn dots_lead_into_objects_unless_the_key_has_them_itself() {
        let json =
            r#"{"a.b":"outer","a":{"b":"inner","nil":null,"c":{"d":"deep"}},"x.y":{"z":"mixed"},"s":"t"}"#;
        assert_eq!(selected(json, "a.b").as_deref(), Ok("outer"));
        assert_eq!(selected(json, "a.c.d").as_deref(), Ok("deep"));
        assert_eq!(selected(json, "x.y.z").as_deref(), Ok("mixed"));
        assert_eq!(selected(json, "a.c.x"), Err(ValueError::NoSuchKey));
        assert_eq!(selected(json, "a.nil"), Err(ValueError::Null));
        assert_eq!(selected(json, "s.t"), Err(ValueError::NoSuchKey));
    }

    #[test]
    fn a_string_that_is_not_unicode_is_an_error_at_any_depth() {
        let json = r#"{"low":"x\udc00","high":"x\ud83e\u0041y","pair":"\ud83e\udd80","a":{"b":"\ud800"}}"#;
        for key in ["low", "high", "a.b"] {
            assert_eq!(selected(json, key), Err(ValueError::NotUnicode), "{key}");
        }
        assert_eq!(selected(json, "pair").as_deref(), Ok("🦀"));
    }

    #[test]
    fn what_is_no_object_is_said_to_be_none() {
        for json in ["", "hunter2", "\"a string\"", "[1]", "{", "{} {}"] {
            assert_eq!(selected(json, "key"), Err(ValueError::NotAnObject), "{json}");
        }
    }
}
