//! No circular imports between the modules of a crate.
//!
//! A child may add methods to the types of its parent modules, so its imports from them do not
//! count. All others must not form a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, UseTree};

/// The modules of a crate by their path, `[]` for its root, with the paths that each of them
/// imports.
#[derive(Debug, Default)]
struct Modules(BTreeMap<Vec<String>, BTreeSet<Vec<String>>>);

/// Reads the source of a module's file; `[]` is the crate's root.
type Read<'a> = dyn Fn(&[String]) -> String + 'a;

impl Modules {
    fn read(read: &Read) -> Self {
        let mut modules = Self::default();
        modules.add(Vec::new(), read);
        modules
    }

    fn add(&mut self, path: Vec<String>, read: &Read) {
        let file = syn::parse_file(&read(&path)).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let children = file.items.iter().filter_map(|item| match item {
            Item::Mod(ItemMod { ident, content: None, attrs, .. }) if !is_test(attrs) => {
                Some(ident.to_string())
            }
            _ => None,
        });
        let children: Vec<_> = children.collect();
        let mut named = Named { module: &path, children: &children, paths: BTreeSet::new() };
        named.visit_file(&file);
        let paths = named.paths;
        for child in children {
            self.add([path.as_slice(), &[child]].concat(), read);
        }
        self.0.insert(path, paths);
    }

    /// The modules that a module imports from, except its parents.
    fn imports(&self, module: &[String]) -> BTreeSet<&Vec<String>> {
        let deepest = |path: &Vec<String>| {
            (0..=path.len())
                .rev()
                .find_map(|length| self.0.get_key_value(&path[..length]))
                .map(|(key, _)| key)
        };
        let targets = self.0[module].iter().filter_map(deepest);
        targets.filter(|target| !module.starts_with(target)).collect()
    }

    /// Modules each of which imports from the next and the last one from the first.
    fn circle(&self) -> Option<Vec<String>> {
        let mut done = BTreeSet::new();
        self.0.keys().find_map(|start| self.circle_from(start, &mut Vec::new(), &mut done))
    }

    fn circle_from<'a>(
        &'a self,
        module: &'a Vec<String>,
        open: &mut Vec<&'a Vec<String>>,
        done: &mut BTreeSet<&'a Vec<String>>,
    ) -> Option<Vec<String>> {
        if let Some(first) = open.iter().position(|other| *other == module) {
            return Some(open[first..].iter().map(|path| path.join("::")).collect());
        }
        if done.contains(module) {
            return None;
        }
        open.push(module);
        let circle = self.imports(module).into_iter().find_map(|next| self.circle_from(next, open, done));
        open.pop();
        done.insert(module);
        circle
    }
}

/// The paths that a module names, from the crate's root.
struct Named<'a> {
    module: &'a [String],
    children: &'a [String],
    paths: BTreeSet<Vec<String>>,
}

impl Named<'_> {
    fn add(&mut self, segments: &[String]) {
        let mut path = match segments.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => self.module.to_vec(),
            Some(name) if self.children.iter().any(|child| child == name) => self.module.to_vec(),
            // Another crate, or a name of this module.
            _ => return,
        };
        let skipped = |segment: &&String| matches!(segment.as_str(), "crate" | "self");
        for segment in segments.iter().skip_while(skipped) {
            if segment == "super" {
                path.pop();
            } else {
                path.push(segment.clone());
            }
        }
        self.paths.insert(path);
    }

    fn add_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&path.tree, &with(path.ident.to_string())),
            UseTree::Name(name) => self.add(&with(name.ident.to_string())),
            UseTree::Rename(rename) => self.add(&with(rename.ident.to_string())),
            UseTree::Glob(_) => self.add(before),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(tree, before)),
        }
    }
}

impl<'ast> Visit<'ast> for Named<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.add_tree(&item.tree, &[]);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(&path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }
}

/// Whether it has `#[cfg(test)]` or `#[test]`.
fn is_test(attributes: &[Attribute]) -> bool {
    let is_test = |path: &syn::Path| path.is_ident("test");
    attributes.iter().any(|attribute| {
        is_test(attribute.path())
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|path| is_test(&path)))
    })
}

fn source(root: &Path, module: &[String]) -> String {
    let Some((name, parents)) = module.split_last() else {
        return fs::read_to_string(root.join("lib.rs")).unwrap();
    };
    let folder: PathBuf = root.join(parents.iter().collect::<PathBuf>());
    let file = folder.join(format!("{name}.rs"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn no_module_imports_from_itself_by_way_of_others() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for package in ["waker", "entrypoint", "tests"] {
        let root = top.join(package).join("src");
        let modules = Modules::read(&|module| source(&root, module));
        assert!(modules.0.len() > 10, "{package}: {:?}", modules.0.keys());
        let imports: usize = modules.0.keys().map(|module| modules.imports(module).len()).sum();
        assert!(imports > 10, "{package}: {modules:?}");
        assert_eq!(modules.circle(), None, "{package}: each of these imports from the next");
    }
}

#[test]
fn a_circle_is_found_wherever_it_leads() {
    let circle = |files: &[(&str, &str)]| {
        let read = |module: &[String]| {
            let path = module.join("::");
            files.iter().find(|(name, _)| *name == path).unwrap_or_else(|| panic!("{path}")).1.to_owned()
        };
        Modules::read(&read).circle().map(|circle| circle.join(" "))
    };
    let root = ("", "mod a; mod b;");
    assert_eq!(circle(&[root, ("a", "use crate::b::B;"), ("b", "struct B;")]), None);
    assert_eq!(
        circle(&[root, ("a", "use super::b;"), ("b", "fn f() { crate::a::g(); }")]).as_deref(),
        Some("a b")
    );
    let in_tests = "#[cfg(test)] mod tests { use crate::a::A; } #[cfg(test)] use crate::a::A;";
    assert_eq!(circle(&[root, ("a", "use crate::{b::{B, C}};"), ("b", in_tests)]), None);
    let parent = ("a", "mod c; mod d; use c::C;");
    let children = [root, ("b", ""), parent, ("a::c", "use super::A;"), ("a::d", "use super::c::C;")];
    assert_eq!(circle(&children), None);
    let children = [root, ("b", ""), parent, ("a::c", "use super::d::D;"), ("a::d", "use super::c::C;")];
    assert_eq!(circle(&children).as_deref(), Some("a::c a::d"));
    // Through a child.
    let child = [root, ("b", "use crate::a::A;"), ("a", "mod c; use c::C;"), ("a::c", "use crate::b::B;")];
    assert_eq!(circle(&child).as_deref(), Some("a a::c b"));
}
