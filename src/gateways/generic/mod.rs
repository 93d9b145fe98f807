//! A gateway without code: request, success rule, error codes, receipts and inbound texts come from configuration.
//!
//! It cannot be asked what became of a message; where the outcome is unknown, the kind of message decides.

mod settings;
mod template;
mod webhook;

use std::time::Duration;

use reqwest::{Method, Url, header::CONTENT_TYPE};
use serde_json::Value;

pub use settings::{
    Encoding, GenericSettings, InboundFields, Meaning, ReceiptFields, ReceiptStatus, SendMethod, SendSettings,
    SuccessRule, WebhookAuth,
};
use template::{Template, Values};

use super::{
    Accepted, Adapter, Ask, Base, Faults, Forged, LookUp, OutboundMessage, ParseError, Received, WebhookRequest,
    client::{Answer, Client, call, is_id, safe_code},
    exchange,
};
use crate::{
    domain::delivery::{DeliveryStatus, SendFailure},
    secret::Secret,
};

/// Where no end is given: networks keep a text for at most this long.
const LONGEST_VALIDITY_S: i64 = 72 * 3_600;
/// Vonage refuses a shorter one.
const SHORTEST_VALIDITY_S: i64 = 20;

/// The gateway.
pub struct Generic {
    base: Base,
    client: Client,
    sending: Sending,
    receiving: Option<Receiving>,
    callback: String,
    timeout: Duration,
}

struct Sending {
    url: Template,
    body: Template,
    headers: Vec<(String, Template)>,
    rules: SendSettings,
}

struct Receiving {
    auth: WebhookAuth,
    keys: Vec<Secret>,
    receipt: Option<ReceiptFields>,
    inbound: Option<InboundFields>,
}

impl Generic {
    pub(super) fn build(
        base: Base,
        settings: &GenericSettings,
        shared: &Client,
        public_url: Option<&str>,
        faults: &mut Faults<'_>,
    ) -> Option<Self> {
        settings.build(base, shared, public_url, faults)
    }

    fn request(&self, message: &OutboundMessage) -> Option<reqwest::RequestBuilder> {
        let sender = self.base.sender(message).unwrap_or_default();
        let left = message.valid_until_ms.map_or(LONGEST_VALIDITY_S, |until| (until - self.base.now()) / 1_000);
        let values = Values {
            message,
            sender: &sender,
            callback: &self.callback,
            valid_seconds: left.clamp(SHORTEST_VALIDITY_S, LONGEST_VALIDITY_S),
        };
        let method = match self.sending.rules.method {
            SendMethod::Post => Method::POST,
            SendMethod::Put => Method::PUT,
            SendMethod::Get => Method::GET,
        };
        let url = Url::parse(&self.sending.url.fill(&values)?).ok()?;
        let mut request = self.client.request(method.clone(), url).timeout(self.timeout);
        if method != Method::GET {
            let kind = match self.sending.rules.encoding {
                Encoding::Form => "application/x-www-form-urlencoded",
                Encoding::Json => "application/json",
            };
            request = request.header(CONTENT_TYPE, kind).body(self.sending.body.fill(&values)?);
        }
        for (name, value) in &self.sending.headers {
            request = request.header(name, value.fill(&values)?);
        }
        Some(request)
    }

    fn read(&self, answer: &Answer) -> Result<Accepted, SendFailure> {
        let now = self.base.now();
        let rules = &self.sending.rules;
        let json = match answer.json::<Value>() {
            Ok(json) => json,
            Err(no_json) => {
                return Err(if answer.is_success() { no_json } else { answer.failure_by_status(now) });
            }
        };
        if answer.is_success() {
            let proves = |found: &Option<String>| match (&rules.success.equals, found) {
                (Some(expected), found) => found.as_ref() == Some(expected),
                (None, found) => found.as_ref().is_some_and(|found| !found.is_empty()),
            };
            let found = each(&json, &rules.success.pointer);
            let parts = found.iter().filter(|found| proves(found)).count();
            if parts > 0 && parts == found.len() {
                let provider_id = rules.success.id.as_ref().and_then(|pointer| first(&json, pointer));
                let provider_id = provider_id.filter(|id| is_id(id));
                return Ok(Accepted { provider_id, status: DeliveryStatus::Accepted });
            }
            if parts > 0 {
                return Err(SendFailure::BadResponse { code: "partly_taken".to_owned() });
            }
        }
        let code = rules.error_code.as_ref().and_then(|pointer| first(&json, pointer));
        let meaning = code.as_ref().and_then(|code| rules.errors.get(code));
        let code = safe_code(code.as_deref().unwrap_or("none"));
        Err(match meaning {
            Some(Meaning::Throttled) => SendFailure::Throttled { retry_after_ms: answer.retry_after_ms(now) },
            Some(Meaning::Temporary) => SendFailure::Rejected { code, permanent: false },
            Some(Meaning::Permanent) => SendFailure::Rejected { code, permanent: true },
            Some(Meaning::BadAddress) => SendFailure::BadAddress { code },
            Some(Meaning::OptedOut) => SendFailure::OptedOut,
            Some(Meaning::NotConfigured) => SendFailure::NotConfigured,
            Some(Meaning::Unknown) => SendFailure::BadResponse { code },
            None if answer.is_success() => SendFailure::BadResponse { code },
            None => answer.failure_by_status(now),
        })
    }
}

/// What stands at a JSON pointer; where it has a step `*`, in each member of that list.
fn each(json: &Value, pointer: &str) -> Vec<Option<String>> {
    match pointer.split_once("/*") {
        None => vec![at(json, pointer)],
        Some((list, rest)) => {
            let members = json.pointer(list).and_then(Value::as_array);
            members.into_iter().flatten().map(|member| at(member, rest)).collect()
        }
    }
}

fn first(json: &Value, pointer: &str) -> Option<String> {
    each(json, pointer).into_iter().next().flatten()
}

/// The text, number or flag at a JSON pointer.
fn at(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

impl Adapter for Generic {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        let request = self.request(message).ok_or(SendFailure::NotConfigured)?;
        // The address may hold a secret or the number itself.
        exchange::shown_address(self.sending.url.shown());
        self.read(&call(request).await?)
    }

    async fn look_up(&self, _: &Ask<'_>) -> Result<LookUp, SendFailure> {
        Ok(LookUp::CannotTell)
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        webhook::verify(self.receiving.as_ref().ok_or(Forged::NotOpen)?, request)
    }

    fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        webhook::parse(self.receiving.as_ref().ok_or(ParseError::new("not_open"))?, request)
    }
}
