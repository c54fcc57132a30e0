//! What a wrapper adds to an image.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// In bytes: a program with the libraries that it loads, except the C library, which an image that
/// can run it already has.
pub fn with_libraries(program: &Path) -> u64 {
    let output = Command::new("ldd").arg(program).output().unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let loaded = output.lines().filter_map(|line| line.split_once("=> ")?.1.split(' ').next());
    let of_libc = |path: &&str| ["libc.so", "libm.so", "libpthread"].iter().any(|name| path.contains(name));
    let libraries: BTreeSet<PathBuf> = loaded
        .filter(|path| path.starts_with('/') && !of_libc(path))
        .filter_map(|path| fs::canonicalize(path).ok())
        .collect();
    let size = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
    size(program) + libraries.iter().map(|path| size(path)).sum::<u64>()
}
