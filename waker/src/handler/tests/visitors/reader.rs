//! What a reader of the configuration, of Terraform's state or of the function's variables can do.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{digest, hmac};

use super::*;
use crate::{config::tests::config_and_text, guard::seal};

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, bytes).as_ref().try_into().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

fn guard() -> Value {
    json!({"wake": "token", "token_sha256": hex(&sha256(TOKEN.as_bytes()))})
}

/// Every text in the value.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| [vec![name.clone()], texts(value)].concat()).collect()
        }
        other => vec![other.to_string()],
    }
}

/// The function's variables, which include the configuration. Terraform's state has no more of a token.
fn known() -> Vec<String> {
    let (_, text) = config_and_text(&guard());
    let mut known = texts(&serde_json::from_str(&text).unwrap());
    known.extend([text, "AWS_LAMBDA_FUNCTION_NAME".to_owned(), "staging-waker".to_owned(), String::new()]);
    let hash = hex(&sha256(TOKEN.as_bytes()));
    assert!(known.contains(&hash), "the reader has the digest");
    known.extend([hash.to_uppercase(), format!("sha256:{hash}"), hex(&sha256(hash.as_bytes()))]);
    known
}

fn end() -> u64 {
    (SystemTime::now() + Duration::from_hours(1)).duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Signed like the first version of the cookie, with any key that the reader can make.
fn signed(key: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let signature = hmac::sign(&key, format!("reveille cookie 1|staging|{}", end()).as_bytes());
    format!("{}.{}", end(), URL_SAFE_NO_PAD.encode(signature))
}

fn cookies() -> Vec<String> {
    let digest = sha256(TOKEN.as_bytes());
    let mut bytes: Vec<Vec<u8>> = known().into_iter().map(String::into_bytes).collect();
    bytes.extend([digest.to_vec(), sha256(&digest).to_vec()]);
    let mut cookies: Vec<_> = bytes.iter().map(|key| signed(key)).collect();
    for key in [digest, sha256(&digest), sha256(hex(&digest).as_bytes()), [0; 32]] {
        cookies.extend(bytes.iter().filter_map(|token| seal(&key, "staging", end(), token)));
    }
    cookies.extend(bytes.iter().map(|token| URL_SAFE_NO_PAD.encode(token)));
    cookies
}

async fn refused(waker: &Waker<Account>, fields: &Value) {
    let (_, response, _) = answer(waker, fields).await;
    assert!(!response.headers.contains_key("set-cookie"), "{fields}");
    assert!(waker.cloud.steps.lock().unwrap().is_empty(), "{fields}");
}

#[tokio::test(start_paused = true)]
async fn a_reader_of_the_configuration_can_neither_wake_nor_make_a_cookie() {
    let waker = on(config_and_text(&guard()).0, asleep());
    for text in known() {
        refused(&waker, &json!({"headers": {"x-reveille-token": text}})).await;
        refused(&waker, &json!({"queryStringParameters": {"reveille_token": text}})).await;
        refused(&waker, &json!({"headers": {"cookie": format!("reveille_token={text}")}})).await;
        let body: String =
            form_urlencoded::Serializer::new(String::new()).append_pair("token", &text).finish();
        let form = json!({"httpMethod": "POST", "path": "/.reveille/wake", "body": body,
            "headers": {"sec-fetch-site": "same-origin"}});
        refused(&waker, &form).await;
    }
    let cookies = cookies();
    assert!(cookies.len() > 100, "{}", cookies.len());
    for cookie in cookies {
        refused(&waker, &json!({"headers": {"cookie": format!("reveille_token={cookie}")}})).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_tokens_holder_can_do_both() {
    let link =
        json!({"queryStringParameters": {"reveille_token": TOKEN}, "headers": {"accept": "text/html"}});
    let form = json!({
        "httpMethod": "POST", "path": "/.reveille/wake", "body": format!("token={TOKEN}"),
        "headers": {"sec-fetch-site": "same-origin"},
    });
    for brought in [link, form] {
        let waker = on(config_and_text(&guard()).0, asleep());
        let (_, response, _) = answer(&waker, &brought).await;
        let cookie = response.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let waker = on(config_and_text(&guard()).0, asleep());
        answer(&waker, &json!({"headers": {"accept": "text/html", "cookie": cookie}})).await;
        assert!(waker.cloud.woke(), "{brought}");
    }
    let waker = on(config_and_text(&guard()).0, asleep());
    answer(&waker, &json!({"headers": {"accept": "text/html", "x-reveille-token": TOKEN}})).await;
    assert!(waker.cloud.woke());
}

/// The app and its logs get every cookie.
#[tokio::test(start_paused = true)]
async fn a_cookie_neither_shows_the_token_nor_wakes_another_environment() {
    let digest = sha256(TOKEN.as_bytes());
    let cookie = seal(&digest, "other", end(), TOKEN.as_bytes()).unwrap();
    let waker = on(config_and_text(&guard()).0, asleep());
    refused(&waker, &json!({"headers": {"cookie": format!("reveille_token={cookie}")}})).await;
    let bytes = URL_SAFE_NO_PAD.decode(&cookie).unwrap();
    assert!(!bytes.windows(4).any(|window| TOKEN.as_bytes().windows(4).any(|part| part == window)));
}
