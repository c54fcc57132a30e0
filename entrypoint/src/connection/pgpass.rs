//! libpq's password file: `host:port:database:user:password`, a line.
//!
//! A backslash goes before `:` and `\`. Source: PostgreSQL documentation, "The Password File"
//! (libpq-pgpass). libpq ignores a file that others may read, so its mode is 0600.

use std::io::{self, Write};
use std::path::PathBuf;

use super::Database;
use crate::secret::Secret;

/// The line, or None if it cannot be written: a line break ends it, there is no escape for one.
pub(super) fn line(database: &Database) -> Option<String> {
    let port = database.port.to_string();
    let fields =
        [&database.host, &port, &database.name, &database.user, database.password().unwrap_or_default()];
    let line = fields.map(escape).join(":");
    (!line.contains(['\n', '\r'])).then_some(line)
}

fn escape(field: &str) -> String {
    field.replace('\\', r"\\").replace(':', r"\:")
}

/// Writes the line to a new file of mode 0600 in the folder for temporary files, where it stays.
pub(super) fn write(line: &Secret) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new().prefix("pgpass-").tempfile()?;
    writeln!(file, "{}", line.expose())?;
    let (_, path) = file.keep()?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::database;
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn colons_and_backslashes_are_escaped() {
        assert_eq!(line(&database(r"a:b\c")).unwrap(), r"db.example:5432:app:app_user:a\:b\\c");
    }

    #[test]
    fn a_line_break_cannot_be_written() {
        assert_eq!(line(&database("a\nb")), None);
        assert_eq!(line(&database("a\r")), None);
    }

    #[test]
    fn only_its_owner_may_read_the_file() {
        let path = write(&Secret::new("line")).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "line\n");
        std::fs::remove_file(path).unwrap();
    }
}
