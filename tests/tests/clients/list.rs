//! The clients. Each has its library's defaults, except that it follows redirects.

use std::path::{Path, PathBuf};

use anyhow::Result;
use reveille_tests::python::Venv;
use reveille_tests::{npm, tools};

use crate::clients::client::{BODY, Client, URL};

/// Lists the versions of the Python clients.
pub const REQUIREMENTS: &str = "requirements-clients.txt";

const CURL: &[&str] = &["--silent", "--show-error", "--fail-with-body", "--location", "--data", BODY, URL];
const WGET: &[&str] = &["--no-verbose", "--output-document=-", "--post-data", BODY, URL];

/// The clients that can run here; prints for `test` which ones are missing. Blocks while it
/// installs the libraries.
pub fn installed(test: &str) -> Result<Vec<Client>> {
    let available =
        |client: &str, programs: &[&str]| tools::available(&format!("{test} with {client}"), programs);
    let mut clients = Vec::new();
    let mut add = |name, program: &Path, arguments: &[&str]| {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        clients.push(Client { name, program: program.to_owned(), arguments });
    };
    if available("curl", &["curl"]) {
        add("curl", Path::new("curl"), CURL);
    }
    if available("wget", &["wget"]) {
        add("wget", Path::new("wget"), WGET);
    }
    let python = Venv::with(REQUIREMENTS)?.program("python");
    for name in ["requests", "httpx", "aiohttp"] {
        add(name, &python, &[&program(&format!("with_{name}.py")), URL, BODY]);
    }
    // It does not follow the 307 of a POST.
    add("urllib", &python, &[&program("with_urllib.py"), URL]);
    if available("fetch", &["node"]) {
        add("fetch", Path::new("node"), &[&program("with_fetch.mjs"), URL, BODY]);
    }
    if available("axios", &["node", "npm"]) {
        let packages = npm::packages("axios")?.display().to_string();
        add("axios", Path::new("node"), &[&program("with_axios.mjs"), &packages, URL, BODY]);
    }
    // The launcher of a single file needs the compiler.
    if available("Java's HttpClient", &["java", "javac"]) {
        add("java", Path::new("java"), &[&program("WithHttpClient.java"), URL, BODY]);
    }
    Ok(clients)
}

/// The path of a program beside this file.
pub fn program(name: &str) -> String {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/programs");
    folder.join(name).display().to_string()
}
