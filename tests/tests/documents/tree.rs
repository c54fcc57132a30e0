//! The files of the repository, and the text of its documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Paths from the top of the repository, with `/` between their parts.
#[derive(Debug)]
pub struct Tree {
    files: BTreeSet<String>,
    documents: BTreeMap<String, String>,
}

impl Tree {
    /// The files that git tracks, as they are in the working tree.
    pub fn of_git() -> Result<Self> {
        let top = top();
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(top).output();
        let listed = listed.context("failed to run git")?;
        ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
        let listed = String::from_utf8(listed.stdout).context("a file name is not UTF-8")?;
        let files: BTreeSet<String> =
            listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        let documents = files.iter().filter(|path| is_document(path)).map(|path| {
            let text =
                fs::read_to_string(top.join(path)).with_context(|| format!("failed to read {path}"))?;
            Ok((path.clone(), text))
        });
        Ok(Self { documents: documents.collect::<Result<_>>()?, files })
    }

    /// A tree for a test; only documents have a text.
    #[cfg(test)]
    pub fn new(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self {
            files: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            documents: files.iter().filter(|(path, _)| is_document(path)).map(owned).collect(),
        }
    }

    /// Every document with its text, by path.
    pub fn documents(&self) -> impl Iterator<Item = (&str, &str)> {
        self.documents.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub fn document(&self, path: &str) -> Option<&str> {
        self.documents.get(path).map(String::as_str)
    }

    /// Every file's path.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    pub fn has_file(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether a file is somewhere below it; the top has no name.
    pub fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.files.iter().any(|file| file.starts_with(&format!("{path}/")))
    }
}

/// The top of the repository.
pub fn top() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Whether a file's name ends in this way.
pub fn is_a(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

fn is_document(path: &str) -> bool {
    is_a(path, "md")
}
