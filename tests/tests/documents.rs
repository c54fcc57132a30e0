//! The Markdown documents: links that lead somewhere, tables that GitHub shows as such, and the limits that they
//! keep.
//!
//! Nothing here needs a network: the address of another site is only read.

mod codes;
mod limits;
mod links;
mod local_aws;
mod markdown;
mod tables;
pub mod tree;

use crate::documents::tree::Tree;

#[test]
fn every_link_of_every_document_leads_somewhere() {
    let tree = Tree::of_git().unwrap();
    assert!(tree.documents().count() > 20, "git lists too few documents");
    assert_eq!(links::broken(&tree), Vec::<String>::new());
}

#[test]
fn every_table_of_every_document_is_whole() {
    let tree = Tree::of_git().unwrap();
    let found = tree.documents().flat_map(|(path, text)| tables::broken(path, text));
    assert_eq!(found.collect::<Vec<_>>(), Vec::<String>::new());
}
