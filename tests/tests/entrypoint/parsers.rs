//! The forms in the parsers that apps have: libpq's, `SQLAlchemy`'s, an ADO.NET one.

use reveille_tests::postgres::{Options, Postgres};

use crate::run::Run;

/// Passwords that broke some encoding of some tool, and a very long one.
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
        // Our own login in the wait is the first, psql's the second.
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
