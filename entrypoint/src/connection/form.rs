//! The forms by name.

use std::ffi::OsString;
use std::io;

use thiserror::Error;

use super::{Database, ado, conninfo, jdbc, pgpass, url};
use crate::secret::Secret;

/// A form in which an app takes a database's address and login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// libpq's keywords and values.
    Conninfo,
    /// A `postgresql://` URI.
    Url,
    /// A `jdbc:postgresql://` URL.
    Jdbc,
    /// An ADO.NET connection string for Npgsql.
    Ado,
    /// The path of a libpq password file.
    Pgpass,
}

/// A form cannot hold the value, or its file cannot be written.
#[derive(Debug, Error)]
pub enum FormError {
    #[error("a password file cannot hold a password with a line break")]
    LineBreak,
    #[error("failed to write the password file")]
    Write(#[from] io::Error),
}

impl Form {
    pub const ALL: [Self; 5] = [Self::Conninfo, Self::Url, Self::Jdbc, Self::Ado, Self::Pgpass];

    pub fn name(self) -> &'static str {
        match self {
            Self::Conninfo => "conninfo",
            Self::Url => "url",
            Self::Jdbc => "jdbc",
            Self::Ado => "ado",
            Self::Pgpass => "pgpass",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The database in this form; for [`Form::Pgpass`] that is the file's one line.
    pub fn text(self, database: &Database) -> Result<Secret, FormError> {
        let text = match self {
            Self::Conninfo => conninfo::conninfo(database),
            Self::Url => url::url(database),
            Self::Jdbc => jdbc::jdbc(database),
            Self::Ado => ado::ado(database),
            Self::Pgpass => pgpass::line(database).ok_or(FormError::LineBreak)?,
        };
        Ok(Secret::new(text))
    }

    /// The value of the app's variable; for [`Form::Pgpass`] it writes the file and is its path.
    pub fn value(self, database: &Database) -> Result<OsString, FormError> {
        let text = self.text(database)?;
        match self {
            Self::Pgpass => Ok(pgpass::write(database, &text)?.into()),
            Self::Conninfo | Self::Url | Self::Jdbc | Self::Ado => Ok(text.into_exposed().into()),
        }
    }
}
