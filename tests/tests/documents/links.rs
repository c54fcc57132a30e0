//! Targets of links: a file of the repository, a heading of a document, or another site.

use url::Url;

use crate::documents::markdown::{Link, UNDEFINED, anchors, links};
use crate::documents::tree::Tree;

/// Every broken link, as `DOCUMENT:LINE: ADDRESS: REASON`.
pub fn broken(tree: &Tree) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in tree.documents() {
        for Link { line, to } in links(text) {
            if let Err(reason) = follow(tree, path, &to) {
                broken.push(format!("{path}:{line}: {to}: {reason}"));
            }
        }
    }
    broken
}

fn follow(tree: &Tree, from: &str, to: &str) -> Result<(), String> {
    if to.starts_with(UNDEFINED) {
        return Err("the document does not define it".to_owned());
    }
    // Another site, or an address for mail.
    if to.contains("://") || to.starts_with("mailto:") {
        return Url::parse(to).map(drop).map_err(|error| error.to_string());
    }
    let (path, anchor) = to.split_once('#').map_or((to, None), |(path, anchor)| (path, Some(anchor)));
    let target = if path.is_empty() { from.to_owned() } else { resolve(from, path)? };
    let document = if tree.has_file(&target) {
        target
    } else if tree.has_folder(&target) {
        // GitHub shows the folder's README.
        format!("{target}/README.md").trim_start_matches('/').to_owned()
    } else {
        return Err("git tracks no such file or folder".to_owned());
    };
    let Some(anchor) = anchor else { return Ok(()) };
    let text = tree.document(&document).ok_or_else(|| format!("{document} is no document with headings"))?;
    if !anchors(text).contains(anchor) {
        return Err(format!("{document} has no such heading"));
    }
    Ok(())
}

/// A path relative to a document's folder, as a path from the top.
fn resolve(from: &str, path: &str) -> Result<String, String> {
    if path.starts_with('/') {
        return Err("an absolute path leads nowhere in a copy of the repository".to_owned());
    }
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or("it leads out of the repository")?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[test]
fn links_to_files_folders_headings_and_sites_are_followed() {
    let tree = Tree::new(&[
        (
            "README.md",
            "# Top\n[a](waker/docs/guard.md#the-guard) [b](waker) [c](#top) [d](https://example.com/#x)\n",
        ),
        ("waker/README.md", "# Waker\n"),
        (
            "waker/docs/guard.md",
            "## The guard\n[up](../../README.md) [src](../src/lib.rs) [f](../#waker) [t](../..)\n",
        ),
        ("waker/src/lib.rs", ""),
    ]);
    assert_eq!(broken(&tree), Vec::<String>::new());
}

#[test]
fn links_that_lead_nowhere_are_named_with_their_place_and_reason() {
    let tree = Tree::new(&[
        (
            "docs/a.md",
            "# A\n\n[1](b.md) [2](#b)\n[3](../../x) [4](/README.md)\n[5](c.rs#L3) [6](https://) [7][y]\n[8](../none#a)\n",
        ),
        ("docs/c.rs", ""),
    ]);
    let expected = [
        "docs/a.md:3: b.md: git tracks no such file or folder",
        "docs/a.md:3: #b: docs/a.md has no such heading",
        "docs/a.md:4: ../../x: it leads out of the repository",
        "docs/a.md:4: /README.md: an absolute path leads nowhere in a copy of the repository",
        "docs/a.md:5: c.rs#L3: docs/c.rs is no document with headings",
        "docs/a.md:5: https://: empty host",
        "docs/a.md:5: undefined:y: the document does not define it",
        "docs/a.md:6: ../none#a: git tracks no such file or folder",
    ];
    assert_eq!(broken(&tree), expected);
}
