//! Tests with a scripted Secrets Manager: AWS errors that no emulator returns, the source of
//! credentials, how often and how secrets are fetched, and TLS.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rcgen::{CertificateParams, KeyPair};
use reveille_tests::aws_models::{Models, Request};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

use crate::entrypoint::run::Run;

/// A Secrets Manager in which every secret's value is its name, with these exceptions.
#[derive(Default)]
struct Script {
    /// The status and error code with which all secrets are refused.
    error: Option<(u16, &'static str)>,
    /// The first request is answered only after so many have arrived.
    together: Option<Barrier>,
    /// Whether each secret's answer never ends.
    endless: bool,
    /// The requests: each secret's name, and the header with the signature.
    seen: Mutex<Vec<(String, String)>>,
    /// The complete requests.
    requests: Mutex<Vec<Request>>,
}

type Shared = Arc<Script>;

impl Script {
    fn seen(&self) -> Vec<(String, String)> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(
    State(script): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    if uri.path() == "/ready" {
        return StatusCode::OK.into_response();
    }
    if uri.path() == "/credentials" {
        assert_eq!(header("authorization"), "task-token");
        let credentials = json!({
            "AccessKeyId": "FROMTHETASK", "SecretAccessKey": "key", "Token": "session",
            "Expiration": "2099-01-01T00:00:00Z",
        });
        return credentials.to_string().into_response();
    }
    assert_eq!(header("x-amz-target"), "secretsmanager.GetSecretValue");
    let id = serde_json::from_slice::<Value>(&body).unwrap()["SecretId"].as_str().unwrap().to_owned();
    script.seen.lock().unwrap().push((id.clone(), header("authorization")));
    script.requests.lock().unwrap().push(Request {
        method: method.to_string(),
        path: uri.to_string(),
        headers: headers.keys().map(|name| (name.to_string(), header(name.as_str()))).collect(),
        body: BASE64_STANDARD.encode(&body),
    });
    if let Some(together) = &script.together {
        together.wait().await;
    }
    if script.endless {
        let part = || Ok::<_, io::Error>(Bytes::from_static(&[b' '; 16_384]));
        return Body::from_stream(futures_util::stream::repeat_with(part)).into_response();
    }
    if let Some((status, code)) = script.error {
        let error = json!({ "__type": code, "Message": "AWS says so" }).to_string();
        return (StatusCode::from_u16(status).unwrap(), error).into_response();
    }
    json!({ "ARN": id, "Name": id, "VersionId": "v", "SecretString": id }).to_string().into_response()
}

fn app(script: &Shared) -> Router {
    Router::new().fallback(answer).with_state(script.clone())
}

async fn start(script: Script) -> (Shared, String) {
    let script = Arc::new(script);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app(&script)).into_future());
    (script, endpoint)
}

/// Without credentials and region; the metadata service is that of this machine.
fn run(endpoint: &str) -> Run {
    Run::new().env("AWS_ENDPOINT_URL", endpoint).env("AWS_EC2_METADATA_DISABLED", "true")
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
        let (script, endpoint) = start(Script { error: Some((status, error)), ..Script::default() }).await;
        let run = with_keys(run(&endpoint)).env("API_KEY", "secretsmanager:app#key");
        let log = run.command(&["echo", "ran"]).await.failure(code, says);
        let all = "failed to read secrets: API_KEY (secret app#key): ";
        assert!(log.contains(all) && log.contains(&format!("({error}: AWS says so)")), "{log}");
        // A transient error is retried, a few times; a refusal is not.
        assert_eq!(script.seen().len(), if code == 69 { 4 } else { 1 }, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_allowed_by_awss_models_and_every_error_in_them_is_understood() {
    let name = "what_is_sent_is_allowed_by_awss_models_and_every_error_in_them_is_understood";
    let Some(models) = tokio::task::block_in_place(|| Models::install(name).unwrap()) else { return };
    let (script, endpoint) = start(Script::default()).await;
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf";
    let version = "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111";
    with_keys(run(&endpoint))
        .env("BY_NAME", "secretsmanager:app")
        .env("BY_ARN", format!("secretsmanager:{arn}"))
        .env("BY_STAGE", format!("secretsmanager:{arn}::AWSPREVIOUS:"))
        .env("BY_VERSION", format!("secretsmanager:{arn}:::{version}"))
        .command(&["true"])
        .await
        .success();
    let requests = script.requests.lock().unwrap().clone();
    let checked = models.check(&requests).unwrap();
    assert_eq!(checked.len(), 4);
    for checked in checked {
        assert_eq!(checked.operation.as_deref(), Some("GetSecretValue"), "{:?}", checked.problems);
        assert_eq!(checked.problems, [""; 0]);
    }

    let operations = models.operations("entrypoint/src/secrets").unwrap();
    let [operation] = &operations[..] else { panic!("{operations:?}") };
    assert!(operation.name == "GetSecretValue" && !operation.errors.is_empty(), "{operation:?}");
    for error in &operation.errors {
        let code: &'static str = error.code.clone().leak();
        let (_script, endpoint) =
            start(Script { error: Some((error.status, code)), ..Script::default() }).await;
        let outcome = with_keys(run(&endpoint)).env("A", "secretsmanager:app").command(&["true"]).await;
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
    let (script, endpoint) = start(Script { endless: true, ..Script::default() }).await;
    let run = with_keys(run(&endpoint)).env("API_KEY", "secretsmanager:app");
    run.command(&["echo", "ran"]).await.failure(69, "the HTTP response has more than 1048576 bytes");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_time_bounds_the_reading_of_secrets_too() {
    let (_script, endpoint) =
        start(Script { together: Some(Barrier::new(1_000)), ..Script::default() }).await;
    let run = with_keys(run(&endpoint)).env("API_KEY", "secretsmanager:app").env("ENTRYPOINT_TIMEOUT", "1");
    run.command(&["echo", "ran"]).await.failure(69, "reading secrets took longer than ENTRYPOINT_TIMEOUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_secret_is_fetched_once_and_all_at_the_same_time() {
    let (script, endpoint) = start(Script { together: Some(Barrier::new(3)), ..Script::default() }).await;
    let run = with_keys(run(&endpoint))
        .env("A", "secretsmanager:one")
        .env("B", "secretsmanager:one")
        .env("C", "secretsmanager:two")
        .env("D", "secretsmanager:three");
    let output = run.command(&["printenv", "A", "B", "C", "D"]).await.success();
    assert_eq!(output, "one\none\ntwo\nthree\n");
    let mut names: Vec<_> = script.seen().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["one", "three", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_read_in_the_region_of_its_arn() {
    let (script, endpoint) = start(Script::default()).await;
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf";
    let run =
        with_keys(run(&endpoint)).env("A", format!("secretsmanager:{arn}")).env("B", "secretsmanager:app");
    run.command(&["true"]).await.success();
    let seen: HashMap<_, _> = script.seen().into_iter().collect();
    assert!(seen[arn].contains("/eu-west-1/secretsmanager/"), "{seen:?}");
    assert!(seen["app"].contains("/us-east-1/secretsmanager/"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_from_variables_a_profile_or_the_task() {
    let (script, endpoint) = start(Script::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("credentials");
    std::fs::write(&profile, "[app]\naws_access_key_id = FROMPROFILE\naws_secret_access_key = key\n")
        .unwrap();
    let base = || run(&endpoint).env("AWS_REGION", "us-east-1").env("A", "secretsmanager:app");
    with_keys(base()).command(&["true"]).await.success();
    let profile = base().env("AWS_SHARED_CREDENTIALS_FILE", &profile).env("AWS_PROFILE", "app");
    profile.command(&["true"]).await.success();
    let task = base()
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{endpoint}/credentials"))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "task-token");
    task.command(&["true"]).await.success();
    let signed = script.seen();
    for (request, key) in signed.iter().zip(["FROMVARIABLES", "FROMPROFILE", "FROMTHETASK"]) {
        assert!(request.1.contains(&format!("Credential={key}/")), "{request:?}");
    }
    assert_eq!(signed.len(), 3);
    base().command(&["true"]).await.failure(77, "A (secret app): there are no AWS credentials (");
    let no_region = run(&endpoint).env("A", "secretsmanager:app").command(&["true"]).await;
    no_region.failure(77, "the region is not known: set AWS_REGION, or name the secret by its ARN");
}

/// Accepts TLS connections for axum.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            // A client that does not trust the certificate disconnects.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_verified_by_embedded_roots_and_the_users_own() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".into()]).unwrap().self_signed(&key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.pem");
    std::fs::write(&own, certificate.pem()).unwrap();
    let provider = tokio_rustls::rustls::crypto::ring::default_provider();
    let config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let listener = TlsListener { listener, acceptor: TlsAcceptor::from(Arc::new(config.unwrap())) };
    let script = Shared::default();
    tokio::spawn(axum::serve(listener, app(&script)).into_future());

    let secret = || with_keys(run(&endpoint)).env("A", "secretsmanager:app");
    secret().command(&["true"]).await.failure(77, "the certificate of Secrets Manager cannot be trusted (");
    let trusted = secret().env("AWS_CA_BUNDLE", &own).command(&["printenv", "A"]).await.success();
    assert_eq!(trusted, "app\n");
    let empty = secret().env("AWS_CA_BUNDLE", "").command(&["true"]).await;
    empty.failure(77, "the certificate of Secrets Manager cannot be trusted (");
    let missing = secret().env("AWS_CA_BUNDLE", "/no/such/file").command(&["true"]).await;
    missing.failure(64, "failed to read the certificates in /no/such/file: No such file");

    let wait = || Run::new().env("ENTRYPOINT_WAIT", format!("{endpoint}/ready"));
    wait().command(&["true"]).await.failure(77, "TLS cannot be trusted or agreed on (");
    wait().env("SSL_CERT_FILE", &own).command(&["true"]).await.success();
    let empty = wait().env("SSL_CERT_FILE", "").command(&["true"]).await;
    empty.failure(77, "TLS cannot be trusted or agreed on (");
}
