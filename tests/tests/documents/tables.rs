//! Tables as GitHub renders them: a row has as many cells as the head, and nothing cuts a table in
//! two.
//!
//! A parser fills short rows and drops the cells of long ones, as the standard says, so cells are
//! counted here. Only a backslash keeps a `|` from ending a cell, also within code:
//! <https://github.github.com/gfm/#tables-extension->

use pulldown_cmark::{Event, Tag};

use crate::documents::markdown::{events, line};

/// Every wrong row, as `DOCUMENT:LINE: REASON`.
pub fn broken(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for (event, range) in events(text) {
        let first = line(text, range.start);
        match event {
            Event::Start(Tag::Table(head)) => {
                for (index, row) in text[range].lines().enumerate() {
                    let cells = cells(row);
                    if cells != head.len() {
                        let line = first + index;
                        broken.push(format!("{path}:{line}: {cells} cells below a head of {}", head.len()));
                    }
                }
            }
            // A row after a blank line or without a head is plain text.
            Event::Start(Tag::Paragraph) if text[range.clone()].starts_with('|') => {
                broken.push(format!("{path}:{first}: a row without a table, such as after a blank line"));
            }
            _ => {}
        }
    }
    broken
}

fn cells(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut cells = 1;
    let mut escaped = false;
    let mut ended = false;
    for one in row.chars() {
        ended = one == '|' && !escaped;
        cells += usize::from(ended);
        escaped = one == '\\' && !escaped;
    }
    cells - usize::from(ended)
}

#[test]
fn whole_tables_are_left_alone() {
    let document = "| a | b |\n|---|---|\n| `x \\| y` | |\n| 1 | 2 |\n\n- in a list\n\n  | c |\n  |---|\n  | d |\n\n\
                    ```\n| no |\n```\n\nA `|` in a text.\n";
    assert_eq!(broken("a.md", document), Vec::<String>::new());
}

#[test]
fn rows_with_other_cells_than_the_head_and_cut_tables_are_named() {
    let document =
        "| a | b |\n|---|---|\n| 1 |\n| `x|y` | 2 |\n| 1 | 2 |\ntext\n\n| cut | off |\n\n| no | rule |\n";
    let expected = [
        "a.md:3: 1 cells below a head of 2",
        "a.md:4: 3 cells below a head of 2",
        "a.md:6: 1 cells below a head of 2",
        "a.md:8: a row without a table, such as after a blank line",
        "a.md:10: a row without a table, such as after a blank line",
    ];
    assert_eq!(broken("a.md", document), expected);
}
