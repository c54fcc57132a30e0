//! libpq's password file: `host:port:database:user:password`, a line.
//!
//! A backslash goes before `:` and `\`. Source: PostgreSQL documentation, "The Password File"
//! (libpq-pgpass). libpq ignores a file that others may read, so its mode is 0600.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::PathBuf;

use nix::unistd::Uid;

use super::Database;
use crate::secret::Secret;

/// The line, or None if it cannot be written: a line break ends it, and there is no escape for one.
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

/// Writes the line to a file of mode 0600 in the folder for temporary files, where it stays.
///
/// The file is named by its owner, database and user, so that each start replaces the last one's
/// and a container that is restarted often has one file. The new file gets a random name first and
/// is then renamed, so that it never writes to a link or to another user's file. If the rename
/// fails, it keeps the random name.
pub(super) fn write(database: &Database, line: &Secret) -> io::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    (&database.host, database.port, &database.name, &database.user).hash(&mut hasher);
    let name = format!("pgpass-{}-{:016x}", Uid::effective(), hasher.finish());
    let mut file = tempfile::Builder::new().prefix("pgpass-").tempfile()?;
    writeln!(file, "{}", line.expose())?;
    let path = file.path().with_file_name(name);
    match file.persist(&path) {
        Ok(_) => Ok(path),
        Err(refused) => Ok(refused.file.keep()?.1),
    }
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
        let path = write(&database("p"), &Secret::new("line")).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "line\n");
        std::fs::remove_file(path).unwrap();
    }
}
