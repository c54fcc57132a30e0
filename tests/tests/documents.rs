//! The Markdown documents: links that work, tables that GitHub renders, and the documents' own
//! limits.
//!
//! No test needs a network: addresses of other sites are only parsed.

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
