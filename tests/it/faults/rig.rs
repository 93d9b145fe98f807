//! An installation whose texts go through a strict fake gateway over HTTP, on one clock with it; and its webhooks.

use crate::app::{On, TestApp};
use crate::fake_gateways::fault::{Fault, When};
use crate::fake_gateways::http::{HttpFake, KEY};
use crate::fake_gateways::{Hand, hex};
use between::clock::Clock;
use between::intake::Receiver;
use between::outreach::Engine;
use between::web::{AppState, service};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;

pub struct Rig {
    pub app: TestApp,
    pub fake: HttpFake,
}

/// The settings of the fake as the gateway `sms`.
pub fn gateway(fake: &HttpFake) -> String {
    format!(
        "[gateways.sms]\n{}[gateways.sms.policy]\nrate_per_second = 100000.0\nin_flight = 64\n",
        fake.settings("timeout_seconds = 1")
    )
}

impl Rig {
    /// A gateway that misbehaves by the number texted.
    pub async fn start(on: On, at: &str, changes: &str) -> Option<Self> {
        Self::with_mood(on, at, changes, |to, _| Fault::of_number(to)).await
    }

    pub async fn with_mood(
        on: On,
        at: &str,
        changes: &str,
        mood: impl Fn(&str, usize) -> Option<(Fault, When)> + Send + Sync + 'static,
    ) -> Option<Self> {
        let clock = Clock::manual(at.parse().unwrap());
        let fake = HttpFake::with_mood(&Hand::of(&clock), mood).await;
        let changes = format!("{}{changes}", gateway(&fake));
        let app = TestApp::start_on(on, clock, &changes).await?;
        Some(Self { app, fake })
    }

    /// Ids of outbound messages of a person that the gateway took, in order.
    pub fn texts_to(&self, number: &str) -> Vec<String> {
        self.fake.taken().into_iter().filter(|t| t.to == number).map(|t| t.text).collect()
    }
}

/// Serves webhooks and health checks of an engine; returns the address.
pub async fn serve(engine: &Arc<Engine>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let state = AppState { engine: Arc::clone(engine), receiver: Receiver::start(Arc::clone(engine)), demo: None };
    tokio::spawn(async move { axum::serve(listener, service(state)).await.unwrap() });
    address
}

/// The signature headers of a webhook body at a moment: (timestamp, signature).
pub fn sign(key: &str, body: &str, at_ms: i64) -> (String, String) {
    let timestamp = (at_ms / 1_000).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    (timestamp, hex(mac.finalize().into_bytes()))
}

/// Posts a webhook signed with `key`. Returns the status code; 0 when nobody answered.
pub async fn post(client: &reqwest::Client, url: &str, key: &str, body: &str, at_ms: i64) -> u16 {
    let (timestamp, signature) = sign(key, body, at_ms);
    let request = client
        .post(format!("{url}/webhooks/sms"))
        .header("content-type", "application/json")
        .header("x-timestamp", timestamp)
        .header("x-signature", signature)
        .body(body.to_owned());
    match request.send().await {
        Ok(response) => response.status().as_u16(),
        Err(_) => 0,
    }
}

/// A received text in the form of the HTTP gateway.
pub fn inbound(id: &str, from: &str, text: &str) -> String {
    serde_json::json!({"type": "inbound", "id": id, "from": from, "to": "60006", "text": text}).to_string()
}

/// The key of the rig's webhooks.
pub const WEBHOOK_KEY: &str = KEY;
