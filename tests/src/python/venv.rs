//! Virtual environments under `target/`, each created once and shared.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::folder;

/// An environment in which exactly one list of requirements is installed.
#[derive(Debug, Clone)]
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment for a file of requirements, by its path from `local-aws/`, created if it
    /// does not exist yet. Blocks: the first time for some seconds, and while another process
    /// creates it.
    pub fn with(requirements: &str) -> Result<Self> {
        let list = folder().join(requirements);
        let text = fs::read_to_string(&list).with_context(|| format!("failed to read {}", list.display()))?;
        let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/reveille");
        fs::create_dir_all(&all)?;
        let stem = list.file_stem().unwrap_or_default().display();
        let name = format!("{stem}-{:016x}", fingerprint(&text));
        let lock = File::create(all.join(format!("{name}.lock")))?;
        lock.lock().context("failed to lock the virtual environment")?;
        let venv = Self { folder: all.join(&name) };
        if !venv.folder.join(COMPLETE).exists() {
            venv.make(&list).context("failed to make a virtual environment")?;
        }
        Ok(venv)
    }

    /// A command of this environment.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Where its packages are installed.
    pub fn packages(&self) -> Result<PathBuf> {
        let libraries = fs::read_dir(self.folder.join("lib"))?;
        let found =
            libraries.flatten().map(|python| python.path().join("site-packages")).find(|path| path.is_dir());
        found.with_context(|| format!("{} has no site-packages", self.folder.display()))
    }

    fn make(&self, list: &Path) -> Result<()> {
        // Left by an interrupted run.
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&self.folder))
            .context("Python 3.11 or later with venv is needed: apt-get install python3-venv")?;
        run(Command::new(self.program("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--require-hashes", "--requirement"])
            .arg(list))?;
        File::create(self.folder.join(COMPLETE))?;
        Ok(())
    }
}

/// The file that marks a complete environment.
const COMPLETE: &str = "complete";

fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("failed to run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
