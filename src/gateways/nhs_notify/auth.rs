//! Access to the NHS API platform: a signed client assertion (RS512) is exchanged for a token that lasts ten minutes.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, Url};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{RSA_PKCS1_SHA512, RsaKeyPair},
};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    domain::delivery::SendFailure,
    gateways::{
        client::{Client, call},
        signature::to_hex,
    },
};

/// The platform accepts assertions of at most five minutes.
const ASSERTION_SECONDS: i64 = 240;
/// A token is renewed this long before its end, so that none runs out on the way.
const RENEW_BEFORE_MS: i64 = 60_000;

/// Fetches tokens and keeps the present one.
pub(super) struct Tokens {
    pub(super) url: Url,
    pub(super) api_key: String,
    pub(super) key_id: String,
    pub(super) key: RsaKeyPair,
    pub(super) timeout: Duration,
    pub(super) present: Mutex<Option<Token>>,
}

pub(super) struct Token {
    text: String,
    good_until_ms: i64,
}

#[derive(Deserialize)]
struct Grant {
    access_token: String,
    expires_in: Seconds,
}

/// The platform writes this number as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(i64),
    Text(String),
}

/// Reads a private RSA key in PEM form (PKCS #8 or PKCS #1).
pub(super) fn rsa_key(pem: &str) -> Option<RsaKeyPair> {
    match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
        _ => None,
    }
}

impl Tokens {
    /// A token that is good now; a new one when `refused` is the present one. Callers that come together share one fetch.
    pub(super) async fn get(&self, client: &Client, now_ms: i64, refused: Option<&str>) -> Result<String, SendFailure> {
        let mut present = self.present.lock().await;
        if let Some(token) = present.as_ref()
            && now_ms < token.good_until_ms
            && refused != Some(token.text.as_str())
        {
            return Ok(token.text.clone());
        }
        let token = self.fetch(client, now_ms).await.map_err(nothing_was_sent)?;
        let text = token.text.clone();
        *present = Some(token);
        Ok(text)
    }

    async fn fetch(&self, client: &Client, now_ms: i64) -> Result<Token, SendFailure> {
        let assertion = self.assertion(now_ms / 1_000).ok_or(SendFailure::NotConfigured)?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ];
        let request = client.request(Method::POST, self.url.clone()).timeout(self.timeout).form(&form);
        let answer = call(request).await?;
        if !answer.is_success() {
            return Err(match answer.status {
                400 => SendFailure::NotConfigured,
                _ => answer.failure_by_status(now_ms),
            });
        }
        let grant: Grant = answer.json()?;
        let seconds = match grant.expires_in {
            Seconds::Number(seconds) => seconds,
            Seconds::Text(text) => text.parse().unwrap_or(0),
        };
        let good_until_ms = now_ms + seconds.clamp(0, 86_400) * 1_000 - RENEW_BEFORE_MS;
        Ok(Token { text: grant.access_token, good_until_ms })
    }

    fn assertion(&self, now_s: i64) -> Option<String> {
        let random = SystemRandom::new();
        let mut id = [0; 16];
        random.fill(&mut id).ok()?;
        let head = json!({"typ": "JWT", "alg": "RS512", "kid": self.key_id});
        let claims = json!({
            "iss": self.api_key,
            "sub": self.api_key,
            "aud": self.url.as_str(),
            "jti": to_hex(&id),
            "exp": now_s + ASSERTION_SECONDS,
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA512, &random, signed.as_bytes(), &mut signature).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Whatever happened while a token was fetched, the message itself had not left.
fn nothing_was_sent(failure: SendFailure) -> SendFailure {
    if failure.certainly_not_sent() {
        return failure;
    }
    SendFailure::Unreachable { detail_code: format!("token_{}", failure.code()) }
}
