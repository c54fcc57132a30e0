//! The documents' limits: a short landing page with a small picture, and a first deployment that
//! fits on a screen.

use std::fs;

use crate::documents::markdown;
use crate::documents::tree::{Tree, is_a, top};

const README_LINES: usize = 150;
const PICTURE_BYTES: u64 = 500_000;
const TERRAFORM_LINES: usize = 40;

#[test]
fn the_landing_page_is_short_and_its_picture_small() {
    let tree = Tree::of_git().unwrap();
    let readme = tree.document("README.md").unwrap();
    assert!(readme.lines().count() <= README_LINES, "{} lines", readme.lines().count());
    let pictures: Vec<_> = markdown::links(readme).into_iter().filter(|link| is_a(&link.to, "png")).collect();
    let [picture] = pictures.as_slice() else { panic!("not one picture: {pictures:?}") };
    let size = fs::metadata(top().join(&picture.to)).unwrap().len();
    assert!(size <= PICTURE_BYTES, "{size} bytes");
    let picture =
        png::Decoder::new(fs::File::open(top().join(&picture.to)).map(std::io::BufReader::new).unwrap());
    let frames = picture.read_info().unwrap().info().animation_control.map(|control| control.num_frames);
    assert!(frames.is_some_and(|frames| frames >= 10), "it does not move: {frames:?}");
}

#[test]
fn the_first_deployment_fits_on_a_screen() {
    let tree = Tree::of_git().unwrap();
    let readme = tree.document("infra/README.md").unwrap();
    let (_, section) = readme.split_once("\n## From nothing to a sleeping app\n").expect("no such section");
    let (section, _) = section.split_once("\n## ").unwrap();
    let terraform = section.split("```hcl\n").skip(1).map(|block| block.split_once("```").unwrap().0);
    let lines: usize = terraform.map(|block| block.lines().count()).sum();
    assert!((1..=TERRAFORM_LINES).contains(&lines), "{lines} lines of Terraform");
}

/// The sums of the cost tables, which `infra/cost/tables` writes and `infra/check` compares with the resources.
#[test]
fn the_figures_of_the_landing_page_are_those_of_the_examples() {
    let tree = Tree::of_git().unwrap();
    let sums = |example: &str, table: &str| -> Vec<String> {
        let readme = tree.document(&format!("infra/examples/{example}/README.md")).unwrap();
        let (_, table) = readme.split_once(&format!("<!-- cost of {table} -->")).expect("no such table");
        let sums = table.lines().find(|line| line.starts_with("| **together** |")).expect("no sums");
        sums.split(['|', '*', ' ']).filter(|word| word.contains('.')).map(str::to_owned).collect()
    };
    let row = |document: &str, label: &str| -> Vec<String> {
        let text = tree.document(document).unwrap();
        let row = text.lines().find(|line| line.starts_with('|') && line.contains(label)).expect(label);
        let cells = row.rsplit(" | ").take(3);
        let mut cells: Vec<_> = cells.map(|cell| cell.trim_end_matches(" |").to_owned()).collect();
        cells.reverse();
        cells
    };
    for (example, table, label) in [
        ("minimal", "minimal", "with a load balancer of its own"),
        ("minimal", "shared", "behind a load balancer that others use as well"),
        ("existing", "existing", "the waker alone"),
    ] {
        let sums = sums(example, table);
        assert_eq!(row("infra/cost/README.md", label), sums, "{label}");
        if example == "minimal" {
            let mut always_first = sums;
            always_first.reverse();
            assert_eq!(row("README.md", label), always_first, "{label}");
        }
    }
}

/// The landing page and the document about infra show the same deployment, so that one test covers
/// both.
#[test]
fn the_deployment_of_the_landing_page_is_that_of_infra() {
    let tree = Tree::of_git().unwrap();
    let blocks = |document: &str, heading: &str| {
        let text = tree.document(document).unwrap();
        let (_, section) = text.split_once(&format!("\n## {heading}\n")).expect("no such section");
        let (section, _) = section.split_once("\n## ").unwrap();
        let blocks = section.split("```").skip(1).step_by(2);
        blocks.filter(|block| !block.contains("terraform destroy")).map(str::to_owned).collect::<Vec<_>>()
    };
    let landing = blocks("README.md", "Deploy");
    assert_eq!(landing.len(), 2);
    assert_eq!(landing, blocks("infra/README.md", "From nothing to a sleeping app"));
}
