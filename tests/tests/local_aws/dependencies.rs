//! Containers that wait for others, and how module `task` uses that: for the app's own database
//! user.

use aws_sdk_ecs::types::{
    ContainerCondition, ContainerDefinition, ContainerDependency, KeyValuePair, Secret,
};
use reveille_tests::binaries::entrypoint;
use reveille_tests::postgres::Postgres;

use crate::local_aws::*;

/// Puts a container in front of the app's, which waits for its success, and starts a task.
async fn start_behind(stack: &Stack, first: impl FnOnce(&mut ContainerDefinition, &mut ContainerDefinition)) {
    let ecs = stack.ecs();
    let described = ecs.describe_task_definition().task_definition(NAME).send().await.unwrap();
    let mut app = described.task_definition().unwrap().container_definitions()[0].clone();
    let success =
        ContainerDependency::builder().container_name("first").condition(ContainerCondition::Success);
    app.depends_on = Some(vec![success.build().unwrap()]);
    let mut before = app.clone();
    before.name = Some("first".into());
    before.essential = Some(false);
    (before.port_mappings, before.depends_on) = (None, None);
    first(&mut before, &mut app);
    let definition =
        ecs.register_task_definition().family(NAME).set_container_definitions(Some(vec![app, before]));
    let definition = definition.send().await.unwrap().task_definition.unwrap();
    let update = ecs.update_service().cluster(NAME).service(NAME).desired_count(1);
    update.set_task_definition(definition.task_definition_arn).send().await.unwrap();
}

#[tokio::test]
async fn a_container_starts_when_another_has_succeeded() {
    let stack = stack(&options(shell("echo second; exec sleep 60"))).await;
    start_behind(&stack, |first, _| first.command = Some(vec!["sleep 0.5".into()])).await;
    stack.log().find(0, LIMIT, |event| event.name == "task_running").await.unwrap();
    let (_, ended) = stack.log().find(0, LIMIT, |event| event.name == "container_exited").await.unwrap();
    // It was not there before.
    stack.log().find(ended, LIMIT, |event| event.text("line") == "second").await.unwrap();
}

#[tokio::test]
async fn a_container_does_not_start_when_another_has_failed() {
    let stack = stack(&options(shell("echo second; exec sleep 60"))).await;
    start_behind(&stack, |first, _| first.command = Some(vec!["exit 77".into()])).await;
    let (stopped, _) = stack.log().find(0, LIMIT, |event| event.name == "task_stopped").await.unwrap();
    let reason = stopped.text("reason");
    assert!(reason.starts_with("CannotStartContainerError: dependency graph: "), "{reason}");
    assert!(!stack.log().all().iter().any(|event| event.text("line") == "second"));
}

/// The app's own secret by the entrypoint, the master's by ECS, as in
/// `infra/modules/task/database_user.tf`.
#[tokio::test]
async fn the_apps_own_user_is_made_before_the_app_starts() {
    let program = tokio::task::spawn_blocking(entrypoint).await.unwrap().unwrap();
    let sample = sample_app().unwrap().display().to_string();
    let app = App::behind_entrypoint(program, vec![sample], "DATABASE_URL=conninfo");
    let stack = stack(&options(app)).await;
    let login = r#"{"username":"shop","password":"a password of its own"}"#;
    let created =
        stack.secrets().create_secret().name("shop-user").secret_string(login).send().await.unwrap();
    let arn = created.arn.unwrap();
    let endpoint = stack.ministack.endpoint().to_owned();
    start_behind(&stack, |first, app| {
        let variable = |name: &str, value: &str| KeyValuePair::builder().name(name).value(value).build();
        let aws = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        let aws = aws.map(|(name, value)| variable(name, value));
        let of_app = |key: &str| format!("secretsmanager:{arn}:{key}::");
        first.entry_point = Some(vec![program.display().to_string()]);
        first.command = Some(vec!["create-user".into()]);
        let environment = first.environment.get_or_insert_default();
        environment.extend(aws.clone());
        environment.push(variable("DB_APP_USER", &of_app("username")));
        environment.push(variable("DB_APP_PASSWORD", &of_app("password")));
        // The app's container does not get the master's login.
        app.secrets = None::<Vec<Secret>>;
        let environment = app.environment.get_or_insert_default();
        environment.retain(|one| one.name() != Some("DB_USER"));
        environment.extend(aws);
        environment.push(variable("DB_SECRET", &arn));
    })
    .await;
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    let owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'visits'";
    let row = stack.postgres.client().await.unwrap().query_one(owner, &[]).await.unwrap();
    assert_eq!(row.get::<_, String>(0), "shop");
    let said: Vec<_> = stack.log().all().iter().map(|event| event.text("line").to_owned()).collect();
    assert!(said.iter().any(|line| line.ends_with("the app's user was created")), "{said:#?}");
    assert!(
        !said.iter().any(|line| line.contains("of its own") || line.contains(Postgres::PASSWORD)),
        "{said:#?}"
    );
}
