//! Twilio's Programmable Messaging (Messages resource, API version 2010-04-01).
//!
//! Twilio stores no reference of ours. Ours rides along in the status callback's address, and an unknown outcome is
//! settled by listing what went to the recipient and comparing the text.

mod codes;
mod settings;
mod webhook;

use chrono::DateTime;
use reqwest::{Method, RequestBuilder, Url};
use serde::Deserialize;

pub use settings::TwilioSettings;

use super::{
    Accepted, Adapter, Ask, Base, Faults, Forged, LookUp, OutboundMessage, ParseError, Received, WebhookRequest,
    client::{Answer, Client, LARGEST_LIST, call, call_within, is_id},
    form_data::encoded,
};
use crate::{
    domain::delivery::{DeliveryStatus, SendFailure},
    secret::Secret,
};

/// Twilio keeps a message in its queue for at most ten hours.
const LONGEST_VALIDITY_S: i64 = 36_000;
/// Our clock and Twilio's need not agree to the second.
const CLOCK_SLACK_MS: i64 = 60_000;

/// The gateway.
pub struct Twilio {
    base: Base,
    client: Client,
    messages_url: Url,
    user: String,
    password: Secret,
    service: Option<String>,
    callback: String,
    public_url: String,
    signing_tokens: Vec<Secret>,
    timeout: std::time::Duration,
}

/// A message as Twilio describes it.
#[derive(Deserialize)]
struct Described {
    sid: String,
    status: String,
    error_code: Option<u32>,
    body: Option<String>,
    date_created: Option<String>,
}

#[derive(Deserialize)]
struct Listing {
    messages: Vec<Described>,
}

#[derive(Deserialize)]
struct Refusal {
    code: u32,
}

impl Twilio {
    pub(super) fn build(
        base: Base,
        settings: &TwilioSettings,
        shared: &Client,
        public_url: Option<&str>,
        faults: &mut Faults<'_>,
    ) -> Option<Self> {
        settings.build(base, shared, public_url, faults)
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url).timeout(self.timeout).basic_auth(&self.user, Some(self.password.expose()))
    }

    fn failure(&self, answer: &Answer) -> SendFailure {
        match answer.json::<Refusal>() {
            Ok(refusal) if (400..500).contains(&answer.status) => {
                codes::refusal(refusal.code).unwrap_or_else(|| answer.failure_by_status(self.base.now()))
            }
            _ => answer.failure_by_status(self.base.now()),
        }
    }
}

impl Described {
    fn status(&self) -> Option<DeliveryStatus> {
        codes::status(&self.status, self.error_code)
    }
}

impl Adapter for Twilio {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        let callback = format!("{}?reference={}", self.callback, encoded(&message.reference));
        let mut form = vec![("To", message.to.clone()), ("Body", message.text.clone()), ("StatusCallback", callback)];
        match (&message.sender, &self.service, &self.base.policy.sender) {
            (Some(sender), _, _) | (None, None, Some(sender)) => {
                form.push(("From", sender.clone()));
            }
            (None, Some(service), _) => form.push(("MessagingServiceSid", service.clone())),
            (None, None, None) => return Err(SendFailure::NotConfigured),
        }
        if let Some(until) = message.valid_until_ms {
            let seconds = (until - self.base.now()) / 1_000;
            form.push(("ValidityPeriod", seconds.clamp(1, LONGEST_VALIDITY_S).to_string()));
        }
        let answer = call(self.request(Method::POST, self.messages_url.clone()).form(&form)).await?;
        if !answer.is_success() {
            return Err(self.failure(&answer));
        }
        let described: Described = answer.json()?;
        match described.status() {
            Some(status) if is_id(&described.sid) && matches!(described.sid.get(..2), Some("SM" | "MM")) => {
                match status {
                    DeliveryStatus::OptedOut => Err(SendFailure::OptedOut),
                    DeliveryStatus::Failed { code, permanent } | DeliveryStatus::Undelivered { code, permanent } => {
                        Err(SendFailure::Rejected { code, permanent })
                    }
                    status => Ok(Accepted { provider_id: Some(described.sid), status }),
                }
            }
            _ => Err(SendFailure::BadResponse { code: "not_the_form".to_owned() }),
        }
    }

    async fn look_up(&self, ask: &Ask<'_>) -> Result<LookUp, SendFailure> {
        let mut url = self.messages_url.clone();
        // Not filtered by DateSent: what still waits in Twilio's queue has none. The newest come first.
        url.query_pairs_mut().append_pair("To", ask.to).append_pair("PageSize", "50");
        let answer = call_within(self.request(Method::GET, url), LARGEST_LIST).await?;
        if !answer.is_success() {
            return Err(self.failure(&answer));
        }
        let listing: Listing = answer.json()?;
        let since = ask.sent_after_ms - CLOCK_SLACK_MS;
        for described in &listing.messages {
            let created = described.date_created.as_deref().and_then(|d| DateTime::parse_from_rfc2822(d).ok());
            let in_time = created.is_some_and(|at| at.timestamp_millis() >= since);
            // Twilio trims the text it stores.
            let same = described.body.as_deref().map(str::trim) == Some(ask.text.trim());
            if in_time && same {
                let status = described.status().unwrap_or(DeliveryStatus::Accepted);
                return Ok(LookUp::Found { provider_id: Some(described.sid.clone()), status });
            }
        }
        Ok(LookUp::NotFound)
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        webhook::verify(&self.signing_tokens, &self.public_url, request)
    }

    fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        webhook::parse(request)
    }
}
