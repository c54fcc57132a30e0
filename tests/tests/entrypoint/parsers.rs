//! The forms in parsers that apps use: libpq's, `SQLAlchemy`'s, an ADO.NET one.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use reveille_tests::postgres::{Options, Postgres};
use reveille_tests::python::Venv;

use crate::entrypoint::run::Run;

/// Passwords that broke an encoding of some tool, and a very long one.
fn hostile() -> Vec<String> {
    let mut passwords: Vec<String> = [
        "p",
        " ",
        "  leading and trailing  ",
        "'",
        "''",
        "\\",
        "\\\\",
        "\\'",
        "it's",
        "a\\",
        "a'b\"c",
        "\"",
        "\"\"",
        "x dbname=other",
        "x' host='evil",
        ";Host=evil",
        "#frag?query&x=1",
        "100%",
        "%41%30",
        "a+b",
        "a:b@c/d",
        "[::1]",
        "tab\tnewline\nreturn\r",
        "pässwörd→🔑",
        "=",
        "=;=",
        "{}$`!",
    ]
    .map(String::from)
    .into();
    passwords.push((1..128).map(char::from).collect());
    passwords.push("0123456789abcdef".repeat(4_000));
    passwords
}

/// A database name of all reserved characters that are allowed unescaped in a URL's path.
const RESERVED: &str = "a+b@c:d=e&f;g,h$i";

#[tokio::test(flavor = "multi_thread")]
async fn every_password_logs_in_through_libpq() {
    let postgres = Postgres::start(&Options::default()).await.unwrap();
    let client = postgres.client().await.unwrap();
    client.batch_execute("CREATE ROLE app LOGIN").await.unwrap();
    for password in hostile() {
        let escaped = client.query_one("SELECT quote_literal($1::text)", &[&password]).await.unwrap();
        let escaped: String = escaped.get(0);
        client.batch_execute(&format!("ALTER ROLE app PASSWORD {escaped}")).await.unwrap();
        let run = |export| {
            let run = Run::new().database(&postgres).env("DB_USER", "app").env("DB_PASSWORD", &password);
            run.env("ENTRYPOINT_EXPORT", export)
        };
        // The entrypoint's own login is the first, psql's the second.
        for export in ["DSN=conninfo", "DSN=url"] {
            let command = ["sh", "-c", "psql \"$DSN\" -Atc 'SELECT current_user'"];
            let outcome = run(export).command(&command).await;
            assert_eq!(outcome.output, "app\n", "{export} {password:?}\n{}", outcome.log);
        }
        let script = "psql -h $DB_HOST -p $DB_PORT -U app -d postgres -wAtc 'SELECT current_user'; \
            code=$?; rm \"$PGPASSFILE\"; exit $code";
        let outcome = run("PGPASSFILE=pgpass").command(&["sh", "-c", script]).await;
        if password.contains(['\n', '\r']) {
            outcome.failure(64, "a password file cannot hold a password with a line break");
        } else {
            assert_eq!(outcome.output, "app\n", "pgpass {password:?}\n{}", outcome.log);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_database_name_is_reached_through_libpq() {
    let postgres = Postgres::start(&Options::default()).await.unwrap();
    for name in [RESERVED, "/?#", "100% é", "it's \\ \"quoted\"", "."] {
        let quoted = name.replace('"', "\"\"");
        postgres.execute(&format!("CREATE DATABASE \"{quoted}\"")).await.unwrap();
        for export in ["DSN=conninfo", "DSN=url"] {
            let run = Run::new().database(&postgres).env("DB_NAME", name).env("ENTRYPOINT_EXPORT", export);
            let command = ["sh", "-c", "psql \"$DSN\" -Atc 'SELECT current_database()'"];
            let outcome = run.command(&command).await;
            assert_eq!(outcome.output, format!("{name}\n"), "{export}\n{}", outcome.log);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_password_is_read_by_parsers_of_other_drivers() {
    let mut texts = Vec::new();
    let mut expected = Vec::new();
    let names = hostile().into_iter().map(|password| (password, "app"));
    for (password, name) in names.chain([("p".into(), RESERVED)]) {
        for form in ["url", "ado"] {
            let run = Run::new()
                .env("DB_HOST", "db.example")
                .env("DB_NAME", name)
                .env("DB_USER", "me")
                .env("DB_PASSWORD", &password)
                .env("ENTRYPOINT_WAIT", "none")
                .env("ENTRYPOINT_EXPORT", format!("TEXT={form}"));
            let text = run.command(&["printenv", "TEXT"]).await.success();
            texts.push([form, text.strip_suffix('\n').unwrap()].map(str::to_owned));
            expected.push(["me", &password, "db.example", "5432", name].map(str::to_owned));
        }
    }
    let python = tokio::task::block_in_place(|| Venv::with("requirements-parsers.txt").unwrap());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/entrypoint/parsers.py");
    let mut child = Command::new(python.program("python"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(&texts).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    let parsed: Vec<[String; 5]> = serde_json::from_slice(&output.stdout).unwrap();
    for ((parsed, expected), [form, _]) in parsed.iter().zip(&expected).zip(&texts) {
        assert_eq!(parsed, expected, "{form}");
    }
    assert_eq!(parsed.len(), expected.len());
}
