//! A document's links, and the anchors that GitHub generates for it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

/// The pseudo-address of an undefined reference such as `[text][name]`.
pub const UNDEFINED: &str = "undefined:";

/// A link or an image, and the line that it begins in, from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    pub line: usize,
    pub to: String,
}

/// The events of a document with their positions in its text.
pub fn events(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let undefined = |link: BrokenLink<'_>| match link.link_type {
        LinkType::Reference => Some((format!("{UNDEFINED}{}", link.reference).into(), CowStr::from(""))),
        _ => None,
    };
    Parser::new_with_broken_link_callback(text, Options::ENABLE_TABLES, Some(undefined)).into_offset_iter()
}

/// The line of a position in a text, from 1.
pub fn line(text: &str, place: usize) -> usize {
    text[..place].matches('\n').count() + 1
}

pub fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (event, range) in events(text) {
        let line = line(text, range.start);
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(Link { line, to: dest_url.into_string() });
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let to = attributes(&html, &["href", "src", "srcset"]);
                links.extend(to.into_iter().map(|to| Link { line, to }));
            }
            _ => {}
        }
    }
    links
}

/// The anchors of a document's headings, and of its HTML.
pub fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut times = BTreeMap::new();
    let mut heading = None;
    for (event, _) in events(text) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), Some(title)) => {
                let slug = slug(title);
                let before = times.entry(slug.clone()).and_modify(|times| *times += 1).or_insert(0);
                anchors.insert(if *before == 0 { slug } else { format!("{slug}-{before}") });
                heading = None;
            }
            (Event::Text(text) | Event::Code(text), Some(title)) => title.push_str(&text),
            (Event::Html(html) | Event::InlineHtml(html), _) => {
                anchors.extend(attributes(&html, &["id", "name"]));
            }
            _ => {}
        }
    }
    anchors
}

/// GitHub's rule: lower case, hyphens for blanks, and otherwise only letters, digits, `-` and `_`.
fn slug(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|one| one.is_alphanumeric() || matches!(one, ' ' | '-' | '_'));
    kept.map(|one| if one == ' ' { '-' } else { one }).collect()
}

/// The values of HTML attributes, in double quotes.
fn attributes(html: &str, names: &[&str]) -> Vec<String> {
    let mut values = Vec::new();
    for name in names {
        let pattern = format!(" {name}=\"");
        for (start, _) in html.match_indices(&pattern) {
            let rest = &html[start + pattern.len()..];
            values.extend(rest.split_once('"').map(|(value, _)| value.to_owned()));
        }
    }
    values
}

#[test]
fn anchors_are_those_of_github() {
    let document = "# The waker's `plan`\n## A\n## A\n## Two -- three_four (5)\n### [Linked](x.md) & *bold*\n\n\
                    <a id=\"own\"></a>\n\n```sh\n# no heading\n```\n";
    let expected = ["the-wakers-plan", "a", "a-1", "two----three_four-5", "linked--bold", "own"];
    assert_eq!(anchors(document), expected.map(str::to_owned).into());
}

#[test]
fn links_are_found_in_text_images_and_html_but_not_in_code() {
    let document = "[a](b.md#c)\n![p](p.png)\n<img src=\"i.png\" alt=\"\">\n\n`[no](no.md)` [r][one] [s][two]\n\n\
                    ```\n[no](no.md)\n```\n\n[one]: one.md\n";
    let found: Vec<_> = links(document).into_iter().map(|link| (link.line, link.to)).collect();
    let expected = [(1, "b.md#c"), (2, "p.png"), (3, "i.png"), (5, "one.md"), (5, "undefined:two")];
    assert_eq!(found, expected.map(|(line, to)| (line, to.to_owned())));
}
