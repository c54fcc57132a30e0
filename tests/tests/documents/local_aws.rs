//! The page of the local AWS names every file that replaces parts of ministack, and which parts.

use std::collections::BTreeSet;
use std::fs;

use crate::documents::tree::{Tree, is_a, top};

const FOLDER: &str = "tests/local-aws/";
const HEAD: &str = "| file | module of ministack | what is replaced | used otherwise |";

/// The texts between backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn what_is_replaced_in_ministack_is_what_the_files_replace() {
    let tree = Tree::of_git().unwrap();
    let mut sources: Vec<(&str, String)> = Vec::new();
    for path in tree.files().filter_map(|path| path.strip_prefix(FOLDER)).filter(|path| is_a(path, "py")) {
        let text = fs::read_to_string(top().join(FOLDER).join(path)).unwrap();
        if text.contains("from ministack") {
            sources.push((path, text));
        }
    }
    assert!(sources.len() > 20, "{}", sources.len());

    let text = tree.document("tests/local-aws/README.md").unwrap();
    let (_, table) = text.split_once(HEAD).expect("no such table");
    let (table, _) = table.split_once("\n\n").unwrap();
    let mut listed = BTreeSet::new();
    for row in table.lines().skip(2) {
        let cells: Vec<_> = row.split('|').collect();
        let is_of = |path: &str| {
            names(cells[1])
                .iter()
                .any(|name| path == *name || (name.ends_with('/') && path.starts_with(name)))
        };
        let of: Vec<_> = sources.iter().filter(|(path, _)| is_of(path)).collect();
        assert!(!of.is_empty(), "no such file, or one that uses nothing of ministack: {row}");
        for name in names(cells[3]).into_iter().chain(names(cells[4])) {
            let known =
                tree.has_file(&format!("{FOLDER}{name}")) || of.iter().any(|(_, text)| text.contains(name));
            assert!(known, "{name} is not in {row}");
        }
        listed.extend(of.into_iter().map(|(path, _)| *path));
    }
    assert_eq!(listed, sources.iter().map(|(path, _)| *path).collect());
}
