//! Tests with a scripted Secrets Manager: AWS errors that no emulator returns, the source of
//! credentials, how often and how secrets are fetched, and TLS.

use std::collections::HashMap;

use reveille_tests::aws_models::Models;
use reveille_tests::endpoint::Endpoint;
use reveille_tests::endpoint::answer::Answer;
use reveille_tests::endpoint::request::Request;
use reveille_tests::endpoint::tls::Identity;
use serde_json::json;
use tokio::net::TcpListener;

use crate::entrypoint::run::Run;

const READ: &str = "GetSecretValue";

/// A Secrets Manager in which every secret's value is its name, with the task's credentials beside
/// it and a health endpoint.
async fn start() -> Endpoint {
    let endpoint = Endpoint::start().await.unwrap();
    answer(&endpoint);
    endpoint
}

fn answer(endpoint: &Endpoint) {
    endpoint.answer_with(READ, |request| {
        assert_eq!(request.header("x-amz-target"), "secretsmanager.GetSecretValue");
        let id = secret(request);
        Answer::json(&json!({ "ARN": id, "Name": id, "VersionId": "v", "SecretString": id }))
    });
    endpoint.answer_with("credentials", |request| {
        assert_eq!(request.header("authorization"), "task-token");
        Answer::json(&json!({
            "AccessKeyId": "FROMTHETASK", "SecretAccessKey": "key", "Token": "session",
            "Expiration": "2099-01-01T00:00:00Z",
        }))
    });
    endpoint.answer("ready", Answer::Json(200, String::new()));
}

/// A Secrets Manager that refuses every secret.
async fn refuse(status: u16, code: &str) -> Endpoint {
    let endpoint = start().await;
    endpoint.answer(READ, Answer::json_error(status, code, "AWS says so"));
    endpoint
}

/// The name of the secret that is asked for.
fn secret(request: &Request) -> String {
    request.json()["SecretId"].as_str().unwrap().to_owned()
}

/// Without credentials and region; the metadata service is that of this machine.
fn run(url: &str) -> Run {
    Run::new().env("AWS_ENDPOINT_URL", url).env("AWS_EC2_METADATA_DISABLED", "true")
}

fn with_keys(run: Run) -> Run {
    run.env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "FROMVARIABLES")
        .env("AWS_SECRET_ACCESS_KEY", "hunter2")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_of_aws_has_its_sentence_and_exit_code() {
    for (status, error, code, says) in [
        (400, "ResourceNotFoundException", 77, "it does not exist, or has no such version"),
        (400, "InvalidRequestException", 77, "it cannot be read in its state; it may be marked for deletion"),
        (400, "InvalidParameterException", 77, "its name or version is not valid"),
        (400, "DecryptionFailure", 77, "its KMS key cannot decrypt it"),
        (
            400,
            "AccessDeniedException",
            77,
            "the task role needs secretsmanager:GetSecretValue, and kms:Decrypt",
        ),
        (400, "UnrecognizedClientException", 77, "the AWS credentials are refused"),
        (400, "ExpiredTokenException", 77, "the AWS credentials are refused"),
        (400, "NeverHeardOf", 77, "Secrets Manager refuses"),
        (500, "InternalServiceError", 69, "Secrets Manager did not answer"),
        (503, "ServiceUnavailable", 69, "Secrets Manager did not answer"),
        (400, "ThrottlingException", 69, "Secrets Manager did not answer"),
    ] {
        let endpoint = refuse(status, error).await;
        let run = with_keys(run(&endpoint.url())).env("API_KEY", "secretsmanager:app#key");
        let log = run.command(&["echo", "ran"]).await.failure(code, says);
        let all = "failed to read secrets: API_KEY (secret app#key): ";
        assert!(log.contains(all) && log.contains(&format!("({error}: AWS says so)")), "{log}");
        // A transient error is retried, a few times; a refusal is not.
        assert_eq!(endpoint.calls(READ).len(), if code == 69 { 4 } else { 1 }, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_allowed_by_awss_models_and_every_error_in_them_is_understood() {
    let name = "what_is_sent_is_allowed_by_awss_models_and_every_error_in_them_is_understood";
    let Some(models) = tokio::task::block_in_place(|| Models::install(name).unwrap()) else { return };
    let endpoint = start().await;
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf";
    let version = "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111";
    with_keys(run(&endpoint.url()))
        .env("BY_NAME", "secretsmanager:app")
        .env("BY_ARN", format!("secretsmanager:{arn}"))
        .env("BY_STAGE", format!("secretsmanager:{arn}::AWSPREVIOUS:"))
        .env("BY_VERSION", format!("secretsmanager:{arn}:::{version}"))
        .command(&["true"])
        .await
        .success();
    let checked = models.check(&endpoint.calls(READ)).unwrap();
    assert_eq!(checked.len(), 4);
    for checked in checked {
        assert_eq!(checked.operation.as_deref(), Some("GetSecretValue"), "{:?}", checked.problems);
        assert_eq!(checked.problems, [""; 0]);
    }

    let operations = models.operations("entrypoint/src/secrets").unwrap();
    let [operation] = &operations[..] else { panic!("{operations:?}") };
    assert!(operation.name == "GetSecretValue" && !operation.errors.is_empty(), "{operation:?}");
    for error in &operation.errors {
        let code = &error.code;
        let endpoint = refuse(error.status, code).await;
        let outcome = with_keys(run(&endpoint.url())).env("A", "secretsmanager:app").command(&["true"]).await;
        assert_ne!(outcome.code, Some(0), "{code}");
        // The message for an unknown code.
        let known = outcome.log.contains(code) && !outcome.log.contains("Secrets Manager refuses");
        assert!(known, "{}", outcome.log);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secrets_manager_that_cannot_be_reached_is_69() {
    let refused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let run = with_keys(run(&format!("http://{refused}"))).env("API_KEY", "secretsmanager:app");
    let outcome = run.command(&["echo", "ran"]).await;
    outcome.failure(
        69,
        "Secrets Manager did not answer (dispatch failure: io error: no connection (Connection refused",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_read_no_further_than_a_secret_can_be_long() {
    let endpoint = start().await;
    endpoint.answer(READ, Answer::Endless);
    let run = with_keys(run(&endpoint.url())).env("API_KEY", "secretsmanager:app");
    run.command(&["echo", "ran"]).await.failure(69, "the HTTP response has more than 1048576 bytes");
    assert_eq!(endpoint.calls(READ).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_time_bounds_the_reading_of_secrets_too() {
    let endpoint = start().await;
    endpoint.answer(READ, Answer::Silence);
    let run = with_keys(run(&endpoint.url())).env("API_KEY", "secretsmanager:app");
    let run = run.env("ENTRYPOINT_TIMEOUT", "1");
    run.command(&["echo", "ran"]).await.failure(69, "reading secrets took longer than ENTRYPOINT_TIMEOUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_secret_is_fetched_once_and_all_at_the_same_time() {
    let endpoint = start().await;
    endpoint.answer_together(3);
    let run = with_keys(run(&endpoint.url()))
        .env("A", "secretsmanager:one")
        .env("B", "secretsmanager:one")
        .env("C", "secretsmanager:two")
        .env("D", "secretsmanager:three");
    let output = run.command(&["printenv", "A", "B", "C", "D"]).await.success();
    assert_eq!(output, "one\none\ntwo\nthree\n");
    let mut names: Vec<_> = endpoint.calls(READ).iter().map(secret).collect();
    names.sort();
    assert_eq!(names, ["one", "three", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_read_in_the_region_of_its_arn() {
    let endpoint = start().await;
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf";
    let run = with_keys(run(&endpoint.url())).env("A", format!("secretsmanager:{arn}"));
    run.env("B", "secretsmanager:app").command(&["true"]).await.success();
    let calls = endpoint.calls(READ);
    let seen: HashMap<_, _> = calls.iter().map(|call| (secret(call), call.header("authorization"))).collect();
    assert!(seen[arn].contains("/eu-west-1/secretsmanager/"), "{seen:?}");
    assert!(seen["app"].contains("/us-east-1/secretsmanager/"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_from_variables_a_profile_or_the_task() {
    let endpoint = start().await;
    let url = endpoint.url();
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("credentials");
    std::fs::write(&profile, "[app]\naws_access_key_id = FROMPROFILE\naws_secret_access_key = key\n")
        .unwrap();
    let base = || run(&url).env("AWS_REGION", "us-east-1").env("A", "secretsmanager:app");
    with_keys(base()).command(&["true"]).await.success();
    let profile = base().env("AWS_SHARED_CREDENTIALS_FILE", &profile).env("AWS_PROFILE", "app");
    profile.command(&["true"]).await.success();
    let task = base()
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}/credentials"))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "task-token");
    task.command(&["true"]).await.success();
    let signed = endpoint.calls(READ);
    for (request, key) in signed.iter().zip(["FROMVARIABLES", "FROMPROFILE", "FROMTHETASK"]) {
        assert!(request.header("authorization").contains(&format!("Credential={key}/")), "{request:?}");
    }
    assert_eq!(signed.len(), 3);
    base().command(&["true"]).await.failure(77, "A (secret app): there are no AWS credentials (");
    let no_region = run(&url).env("A", "secretsmanager:app").command(&["true"]).await;
    no_region.failure(77, "the region is not known: set AWS_REGION, or name the secret by its ARN");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_verified_by_embedded_roots_and_the_users_own() {
    let identity = Identity::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.pem");
    std::fs::write(&own, &identity.certificate).unwrap();
    let endpoint = Endpoint::start_with_tls(&identity).await.unwrap();
    answer(&endpoint);
    let url = format!("https://localhost:{}", endpoint.address.port());

    let secret = || with_keys(run(&url)).env("A", "secretsmanager:app");
    secret().command(&["true"]).await.failure(77, "the certificate of Secrets Manager cannot be trusted (");
    let trusted = secret().env("AWS_CA_BUNDLE", &own).command(&["printenv", "A"]).await.success();
    assert_eq!(trusted, "app\n");
    let empty = secret().env("AWS_CA_BUNDLE", "").command(&["true"]).await;
    empty.failure(77, "the certificate of Secrets Manager cannot be trusted (");
    let missing = secret().env("AWS_CA_BUNDLE", "/no/such/file").command(&["true"]).await;
    missing.failure(64, "failed to read the certificates in /no/such/file: No such file");

    let wait = || Run::new().env("ENTRYPOINT_WAIT", format!("{url}/ready"));
    wait().command(&["true"]).await.failure(77, "TLS cannot be trusted or agreed on (");
    wait().env("SSL_CERT_FILE", &own).command(&["true"]).await.success();
    let empty = wait().env("SSL_CERT_FILE", "").command(&["true"]).await;
    empty.failure(77, "TLS cannot be trusted or agreed on (");
}
