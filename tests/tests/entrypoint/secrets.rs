//! Secrets, from two emulators of Secrets Manager.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::Blob;
use reveille_tests::event_log::EventLog;
use reveille_tests::ministack::{Ministack, Settings};
use reveille_tests::moto::Moto;
use reveille_tests::postgres::{Options, Postgres};

use crate::entrypoint::run::Run;

/// Both emulators, ordered by name.
struct Emulators {
    ministack: Ministack,
    moto: Moto,
}

/// One emulator's Secrets Manager.
struct Store {
    endpoint: String,
    client: Client,
}

impl Emulators {
    async fn start() -> Self {
        let settings = Settings::default();
        let (ministack, moto) = tokio::join!(Ministack::start(&settings, EventLog::default()), Moto::start());
        Self { ministack: ministack.unwrap(), moto: moto.unwrap() }
    }

    fn stores(&self) -> [Store; 2] {
        [
            Store { endpoint: self.ministack.endpoint().into(), client: Client::new(&self.ministack.sdk()) },
            Store { endpoint: self.moto.endpoint().into(), client: Client::new(&self.moto.sdk()) },
        ]
    }
}

impl Store {
    /// Makes a secret and returns its ARN.
    async fn secret(&self, name: &str, text: &str) -> String {
        let made = self.client.create_secret().name(name).secret_string(text).send().await.unwrap();
        made.arn.unwrap()
    }

    /// Gives a secret a new value and returns the version.
    async fn rotate(&self, name: &str, text: &str) -> String {
        let put = self.client.put_secret_value().secret_id(name).secret_string(text).send().await.unwrap();
        put.version_id.unwrap()
    }

    fn run(&self) -> Run {
        Run::new()
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_name_a_secret_finds_its_value() {
    let emulators = Emulators::start().await;
    for store in emulators.stores() {
        let arn = store.secret("app/db", "plain old").await;
        let json = r#"{"user":"me","port":5432,"on":true,"list":[1, 2],"a":{"b":"deep"}}"#;
        let version = store.rotate("app/db", json).await;
        for (reference, value) in [
            ("app/db".to_owned(), json),
            ("app/db#user".into(), "me"),
            ("app/db#port".into(), "5432"),
            ("app/db#on".into(), "true"),
            ("app/db#list".into(), "[1, 2]"),
            ("app/db#a.b".into(), "deep"),
            (arn.clone(), json),
            (format!("{arn}#user"), "me"),
            (format!("{arn}:user::"), "me"),
            (format!("{arn}:user:AWSCURRENT:"), "me"),
            (format!("{arn}:user::{version}"), "me"),
            (format!("{arn}:::"), json),
            (format!("{arn}::AWSPREVIOUS:"), "plain old"),
        ] {
            let run = store.run().env("VALUE", format!("secretsmanager:{reference}"));
            let output = run.command(&["printenv", "VALUE"]).await.success();
            assert_eq!(output, format!("{value}\n"), "{reference} at {}", store.endpoint);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_gives_what_the_variables_leave_open() {
    let emulators = Emulators::start().await;
    for store in emulators.stores() {
        let json = r#"{"engine":"postgres","host":"db.example","port":"6432","dbname":"app",
            "username":"me","password":"it's"}"#;
        store.secret("whole", json).await;
        // A secret of RDS: only the login.
        store.secret("rds!cluster-1", r#"{"username":"me","password":"it's"}"#).await;
        let run = |secret| {
            let run = store.run().env("DB_SECRET", secret).env("ENTRYPOINT_WAIT", "none");
            run.env("ENTRYPOINT_EXPORT", "DSN=conninfo")
        };
        let dsn = |run: Run| async { run.command(&["printenv", "DSN"]).await.success() };
        assert_eq!(
            dsn(run("whole")).await,
            "host='db.example' port='6432' dbname='app' user='me' password='it\\'s'\n"
        );
        let by_hand = run("whole").env("DB_HOST", "other").env("DB_PORT", "5433").env("DB_PASSWORD", "mine");
        assert_eq!(dsn(by_hand).await, "host='other' port='5433' dbname='app' user='me' password='mine'\n");
        let managed = || run("secretsmanager:rds!cluster-1").env("DB_HOST", "cluster").env("DB_NAME", "app");
        assert_eq!(
            dsn(managed()).await,
            "host='cluster' port='5432' dbname='app' user='me' password='it\\'s'\n"
        );
        let missing = run("rds!cluster-1").env("DB_HOST", "cluster").command(&["echo", "ran"]).await;
        missing.failure(
            77,
            "DB_NAME (secret rds!cluster-1): is not set, and no secret in DB_SECRET has dbname or database",
        );
        let check = managed().arguments(&["check", "--connect"]).await.success();
        assert!(
            check.contains(
                "DSN as conninfo: host='cluster' port='5432' dbname='app' user='me' password='***'"
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_is_named_with_its_variable() {
    let emulators = Emulators::start().await;
    for store in emulators.stores() {
        let arn = store.secret("app", r#"{"key":"value","none":null}"#).await;
        store.secret("text", "hunter2").await;
        store.secret("mysql", r#"{"engine":"mysql"}"#).await;
        store.secret("bad-port", r#"{"host":"db","dbname":"a","username":"u","port":"hunter2"}"#).await;
        let half = r#"{"host":"db","dbname":"a","username":"u","password":"hunter2\ud83e\u0041"}"#;
        store.secret("half", half).await;
        store.secret("deleted", "hunter2").await;
        store.client.delete_secret().secret_id("deleted").send().await.unwrap();
        let binary = store.client.create_secret().name("binary").secret_binary(Blob::new("hunter2"));
        binary.send().await.unwrap();
        let other = arn.replace("secret:app", "secret:other");
        for (variable, reference, says) in [
            (
                "API_KEY",
                "missing".to_owned(),
                "missing): it does not exist, or has no such version (ResourceNotFound",
            ),
            ("API_KEY", other, "it does not exist, or has no such version (ResourceNotFound"),
            ("API_KEY", format!("{arn}::AWSPENDING:"), "it does not exist, or has no such version"),
            ("API_KEY", "app#absent".into(), "API_KEY (secret app#absent): it has no such key"),
            ("API_KEY", "app#none".into(), "API_KEY (secret app#none): it has null for that key"),
            ("API_KEY", "text#key".into(), "API_KEY (secret text#key): it is not a JSON object"),
            ("API_KEY", "binary".into(), "API_KEY (secret binary): it is binary"),
            ("API_KEY", "deleted".into(), "API_KEY (secret deleted): it cannot be read in its state"),
            ("DB_SECRET", "text".into(), "DB_SECRET (secret text): it is not a JSON object"),
            ("DB_SECRET", "mysql".into(), "DB_SECRET (secret mysql): its engine is not PostgreSQL"),
            ("API_KEY", "half#password".into(), "it has a string that is not Unicode"),
            (
                "DB_SECRET",
                "half".into(),
                "DB_PASSWORD (secret half): its key password has a string that is not Unicode",
            ),
            ("DB_SECRET", "bad-port".into(), "DB_PORT (secret bad-port): must be a number from 1 to 65535"),
        ] {
            let run = store.run().env(variable, format!("secretsmanager:{reference}"));
            let log = run.command(&["echo", "ran"]).await.failure(77, says);
            assert!(log.contains("failed to read secrets: ") && !log.contains("hunter2"), "{log}");
        }
        let both = store.run().env("A", "secretsmanager:missing").env("B", "secretsmanager:app#absent");
        let log = both.command(&["echo", "ran"]).await.failure(77, "B (secret app#absent)");
        assert!(log.lines().count() == 2 && log.contains("A (secret missing)"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_rotated_while_it_waits_is_read_again() {
    let emulators = Emulators::start().await;
    let mut postgres = Postgres::start(&Options::default()).await.unwrap();
    postgres.execute("CREATE ROLE app LOGIN PASSWORD 'new'").await.unwrap();
    for store in emulators.stores() {
        let login = |password| format!(r#"{{"username":"app","password":"{password}"}}"#);
        store.secret("login", &login("old")).await;
        let run = || {
            let run = store.run().env("DB_SECRET", "login").env("DB_HOST", Postgres::HOST);
            run.env("DB_PORT", postgres.port().to_string())
                .env("PATH", postgres.path().unwrap())
                .env("DB_NAME", Postgres::DATABASE)
                .env("API_KEY", "secretsmanager:login#password")
                .env("ENTRYPOINT_EXPORT", "DSN=conninfo")
        };
        // Not rotated: it fails at once.
        run().command(&["echo", "ran"]).await.failure(77, "the login is wrong");
        let run = run();
        postgres.stop().await.unwrap();
        let mut running =
            run.start(&["--", "sh", "-c", "echo \"$DSN $API_KEY\"; psql \"$DSN\" -Atc 'SELECT 1'"]);
        running.log("Connection refused").await;
        store.rotate("login", &login("new")).await;
        postgres.start_again().await.unwrap();
        running.log("its secret was changed meanwhile").await;
        let output = running.end().await.success();
        assert!(output.ends_with("password='new' new\n1\n"), "{output}");
    }
}
