//! A server's data directory: a copy of a template, and its own settings.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::binaries::Binaries;
use super::{Options, Postgres};

/// The verifier of [`Postgres::PASSWORD`] with one iteration. A login of an unoptimized client with
/// PostgreSQL's 4,096 takes a tenth of a second of CPU time, and almost every test logs in.
const VERIFIER: &str = "SCRAM-SHA-256$1:c2FsdCBvZiB0aGUgdGVzdA==$\
    Bq2pDSWzV0+UmbAYApIpIeh7g9CF/LSkE6fPh2okhLM=:/QEE9iWMPf7KczkCva6u1rXsugO4yrzgq8JNK2kMeNQ=";

/// The name of the data directory in a server's temporary directory.
pub(super) const DIRECTORY: &str = "data";

/// A temporary directory that holds a data directory with these options.
pub(super) fn directory(binaries: &Binaries, options: &Options) -> Result<TempDir> {
    let template = template(binaries)?;
    let directory = temporary(binaries)?;
    let data = directory.path().join(DIRECTORY);
    copy(&template, &data)?;
    let write = |name: &str, mode: u32, text: &str| -> Result<()> {
        let path = data.join(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        binaries.own(&path)
    };
    if let Some(tls) = &options.tls {
        write("server.crt", 0o600, &tls.certificate)?;
        write("server.key", 0o600, &tls.key)?;
    }
    if options.in_recovery {
        write("standby.signal", 0o600, "")?;
    }
    write("pg_hba.conf", 0o600, &hba(options))?;
    write("postgresql.conf", 0o600, &settings(options))?;
    Ok(directory)
}

fn hba(options: &Options) -> String {
    let mut lines = options.hba.clone();
    lines.push("host all all 127.0.0.1/32 scram-sha-256".into());
    lines.join("\n") + "\n"
}

fn settings(options: &Options) -> String {
    let mut lines = vec![
        format!("listen_addresses = '{}'", Postgres::HOST),
        // A socket's path could exceed a Unix socket's limit.
        "unix_socket_directories = ''".into(),
        "fsync = off".into(),
        "full_page_writes = off".into(),
        "synchronous_commit = off".into(),
        "shared_buffers = 16MB".into(),
        "wal_retrieve_retry_interval = 50ms".into(),
        format!("hot_standby = {}", !options.in_recovery),
        format!("ssl = {}", options.tls.is_some()),
    ];
    lines.extend(options.max_connections.map(|n| format!("max_connections = {n}")));
    lines.join("\n") + "\n"
}

/// The template under `target/`, created if it does not exist: `initdb` takes a second, a copy of
/// its result a few hundredths.
pub(super) fn template(binaries: &Binaries) -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/reveille");
    let template = target.join(binaries.template_name()?);
    if template.exists() {
        return Ok(template);
    }
    let directory = temporary(binaries)?;
    let made = directory.path().join(DIRECTORY);
    initdb(binaries, directory.path(), &made)?;
    // Tests run in parallel: each creates its own beside the final name, and the first rename wins.
    fs::create_dir_all(&target)?;
    let beside = tempfile::Builder::new().prefix("postgres-").tempdir_in(&target)?;
    copy(&made, &beside.path().join(DIRECTORY))?;
    match fs::rename(beside.path().join(DIRECTORY), &template) {
        Err(error) if !template.exists() => Err(error).context("failed to keep the template"),
        _ => Ok(template),
    }
}

fn initdb(binaries: &Binaries, work: &Path, data: &Path) -> Result<()> {
    let password = work.join("password");
    fs::write(&password, VERIFIER)?;
    binaries.own(&password)?;
    let output = binaries
        .unprivileged("initdb")
        .arg("--pgdata")
        .arg(data)
        .arg("--pwfile")
        .arg(&password)
        .args(["--username", Postgres::USER])
        .args(["--auth", "scram-sha-256"])
        .args(["--encoding", "UTF8", "--locale", "C", "--no-sync"])
        // Small write-ahead logs make the template half as large.
        .args(["--wal-segsize", "1"])
        .current_dir(work)
        .output()
        .context("failed to run initdb")?;
    if !output.status.success() {
        bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn temporary(binaries: &Binaries) -> Result<TempDir> {
    let directory = tempfile::Builder::new().prefix("postgres-").tempdir()?;
    binaries.own(directory.path())?;
    Ok(directory)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let status = Command::new("cp").args(["--archive", "--reflink=auto"]).args([from, to]).status()?;
    if !status.success() {
        bail!("failed to copy {} to {}: {status}", from.display(), to.display());
    }
    Ok(())
}
