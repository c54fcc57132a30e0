//! The functions under test: the waker, and the same in Python.

use std::{
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use reveille_tests::{
    binaries::{Binaries, bootstrap},
    endpoint::arn,
    python::Venv,
};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

pub struct Contestant {
    pub name: &'static str,
    program: Vec<PathBuf>,
    /// The authorities that it trusts by default, and the variable that names others.
    pub authorities: PathBuf,
    pub authorities_variable: &'static str,
    /// In bytes, of the function's zip.
    pub zip: usize,
}

/// Where Linux distributions keep their authorities; Amazon's own is the second.
const AUTHORITIES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

impl Contestant {
    pub fn waker() -> Self {
        let binaries = Binaries::build().unwrap();
        let authorities = AUTHORITIES.into_iter().find(|file| Path::new(file).exists());
        Self {
            name: "waker",
            program: vec![binaries.waker.clone()],
            authorities: authorities.expect("the system has a list of authorities").into(),
            authorities_variable: "SSL_CERT_FILE",
            zip: bootstrap().unwrap().len(),
        }
    }

    pub fn python() -> Self {
        let handlers = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/handlers");
        let venv = Venv::with(handlers.join("requirements.txt").to_str().unwrap()).unwrap();
        let packages = venv.packages().unwrap();
        Self {
            name: "Python, boto3",
            program: vec![
                venv.program("python"),
                "-m".into(),
                "awslambdaric".into(),
                "first_request.handler".into(),
            ],
            authorities: packages.join("botocore/cacert.pem"),
            authorities_variable: "AWS_CA_BUNDLE",
            zip: zip(&packages, &handlers.join("first_request.py")),
        }
    }

    /// The command with which Lambda starts it, after another command if there is one; Lambda's
    /// variables, its endpoint and its authorities are still to be set.
    pub fn command(&self, before: &[String]) -> Command {
        let mut words = before.iter().map(Into::into).chain(self.program.iter().cloned());
        let mut command = Command::new(words.next().unwrap());
        command.args(words).env_clear();
        command.env("PATH", "/usr/bin:/bin");
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/reveille/pycache");
        command.env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/handlers"));
        command.env("PYTHONPYCACHEPREFIX", target);
        command.env("WAKER_CONFIG", config().to_string());
        command
    }
}

pub fn config() -> Value {
    let app = arn::target_group("app");
    json!({ "environments": [{
        "name": "bench",
        "route": arn::route("bench", "app"),
        "services": [{ "cluster": "c", "service": "web", "target_group_arn": app }],
        "database": { "kind": "aurora", "identifier": "db" },
    }]})
}

/// The handler with its SDK, as AWS advises, because the SDK of the managed runtime changes. What
/// only the runtime client needs is left out.
fn zip(packages: &Path, handler: &Path) -> usize {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |file: &Path, name: &Path| {
        zip.start_file_from_path(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&std::fs::read(file).unwrap()).unwrap();
    };
    add(handler, Path::new("first_request.py"));
    let mut open: Vec<_> = ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "urllib3", "six.py"]
        .map(|name| packages.join(name))
        .into();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_none_or(|extension| extension != "pyc") {
            add(&path, path.strip_prefix(packages).unwrap());
        }
    }
    zip.finish().unwrap().into_inner().len()
}
