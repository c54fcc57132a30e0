//! A command line without anything that may be a password.
//!
//! It hides too much rather than too little: everything after a name such as `password` is hidden
//! to the end of the argument, because every program has its own rule for where a value ends.

use std::ffi::OsString;

const HIDDEN: &str = "***";

/// Parts of the names of secret parameters.
const SECRET_NAMES: [&str; 11] = [
    "pass",
    "pwd",
    "secret",
    "token",
    "credential",
    "authorization",
    "apikey",
    "api-key",
    "api_key",
    "access-key",
    "access_key",
];

/// The arguments in a form that may be shown.
pub(crate) fn redacted(arguments: &[OsString]) -> Vec<String> {
    let mut is_value = false;
    arguments
        .iter()
        .map(|argument| {
            let argument = argument.to_string_lossy();
            // `--password VALUE`; a flag without a value hides one argument too many.
            let hidden = is_value;
            is_value = argument.starts_with('-') && ends_in_secret_name(&argument);
            if hidden { HIDDEN.to_owned() } else { without_parameters(&without_logins(&argument)) }
        })
        .collect()
}

fn ends_in_secret_name(flag: &str) -> bool {
    !flag.contains(['=', ':', ' ']) && first_secret_name(flag).is_some()
}

/// The end of the first name that contains one of [`SECRET_NAMES`].
fn first_secret_name(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let ends = SECRET_NAMES.iter().filter_map(|name| Some(lower.find(name)? + name.len()));
    let end = ends.min()?;
    let rest =
        text[end..].find(|character: char| !character.is_ascii_alphanumeric() && !"_-.".contains(character));
    Some(rest.map_or(text.len(), |rest| end + rest))
}

/// Hides everything between the first `://` and the last `@`: a password may itself contain an `@`,
/// a slash or a space.
fn without_logins(argument: &str) -> String {
    let Some((before, after)) = argument.split_once("://") else { return argument.to_owned() };
    let Some((_, host)) = after.rsplit_once('@') else { return argument.to_owned() };
    format!("{before}://{HIDDEN}@{host}")
}

/// Hides everything after `password=`, `"token": ` and the like, to the end.
fn without_parameters(argument: &str) -> String {
    let mut from = 0;
    while let Some(end) = first_secret_name(&argument[from..]) {
        let end = from + end;
        let after = &argument[end..];
        let value = after.trim_start_matches(['"', '\'']).trim_start();
        let is_flag =
            argument[..end].rsplit(char::is_whitespace).next().is_some_and(|word| word.starts_with('-'));
        let separator = after.len() - value.len();
        if value.starts_with(['=', ':']) {
            return format!("{}{HIDDEN}", &argument[..=end + separator]);
        }
        if is_flag && separator > 0 {
            return format!("{}{HIDDEN}", &argument[..end + separator]);
        }
        from = end;
    }
    argument.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(arguments: &[&str]) -> String {
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        redacted(&arguments).join(" ")
    }

    #[test]
    fn passwords_are_hidden() {
        for (arguments, expected) in [
            (&["postgresql://u:hunter2@h/d"][..], "postgresql://***@h/d"),
            (&["postgresql://u:hun@ter/2@h/d?sslmode=require"], "postgresql://***@h/d?sslmode=require"),
            (&["https://hunter2@git.example/x", "-v"], "https://***@git.example/x -v"),
            (&["postgresql://h/d?user=u&password=hunter2&x=1"], "postgresql://h/d?user=u&password=***"),
            (&["host=h password='hunter2 hunter2' user=u"], "host=h password=***"),
            (&["host=h password = 'hunter2'"], "host=h password =***"),
            (&["Host=h;Password=hunter2;Username=u"], "Host=h;Password=***"),
            (&["--password", "hunter2", "--verbose"], "--password *** --verbose"),
            (&["--db-password=hunter2"], "--db-password=***"),
            (&["-c", "psql --password hunter2 -h h"], "-c psql --password ***"),
            (&["PGPASSWORD=hunter2", "psql"], "PGPASSWORD=*** psql"),
            (&["-H", "Authorization: Bearer hunter2"], "-H Authorization:***"),
            (&[r#"{"user":"u","apiKey":"hunter2"}"#], r#"{"user":"u","apiKey":***"#),
            (&["see http://u:hunter2@a/ and http://u:hunter2@b/"], "see http://***@b/"),
            (&["psql postgresql://u:hun ter2@h/d"], "psql postgresql://***@h/d"),
            (&["--password", "-hunter2", "x"], "--password *** x"),
        ] {
            assert_eq!(shown(arguments), expected);
        }
    }

    #[test]
    fn all_else_stays() {
        for argument in [
            "http://loki:3100/ready?x=1",
            "me@example.com",
            "--bypass",
            "passenger start",
            "a=b:c",
            "--max-old-space-size=512",
            "",
            "passé=",
        ] {
            assert_eq!(shown(&[argument]), argument);
        }
    }
}
