//! What the documents promise to be: a short landing page with a small picture, and a first deployment that fits on a
//! screen.

use std::fs;

use crate::documents::markdown;
use crate::documents::tree::{Tree, top};

const README_LINES: usize = 150;
const PICTURE_BYTES: u64 = 500_000;
const TERRAFORM_LINES: usize = 40;

#[test]
fn the_landing_page_is_short_and_its_picture_small() {
    let tree = Tree::of_git().unwrap();
    let readme = tree.document("README.md").unwrap();
    assert!(readme.lines().count() <= README_LINES, "{} lines", readme.lines().count());
    let pictures: Vec<_> =
        markdown::links(readme).into_iter().filter(|link| link.to.ends_with(".png")).collect();
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
