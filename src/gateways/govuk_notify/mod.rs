//! GOV.UK Notify: one template whose whole text is `((body))`, our reference, and none of its silent changes.
//!
//! Notify replaces characters it does not know by "?". Such a text is refused here, before anything leaves.

pub(super) mod characters;
mod settings;
mod webhook;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, RequestBuilder, Url};
use serde::Deserialize;
use serde_json::json;

pub use settings::GovukNotifySettings;

use super::{
    Accepted, Adapter, Ask, Base, Faults, Forged, LookUp, OutboundMessage, ParseError, Received, WebhookRequest,
    client::{Answer, Client, call, is_id},
    signature::{check_bearer, hmac_sha256},
};
use crate::{
    domain::delivery::{DeliveryStatus, SendFailure},
    secret::Secret,
};

const DAY_MS: i64 = 24 * 3_600_000;

/// The gateway.
pub struct GovukNotify {
    base: Base,
    client: Client,
    url: Url,
    service_id: String,
    key: Secret,
    template_id: String,
    bearers: Vec<Secret>,
    timeout: std::time::Duration,
}

#[derive(Deserialize)]
struct Created {
    id: String,
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Listing {
    notifications: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    id: String,
    reference: Option<String>,
    status: String,
}

#[derive(Deserialize)]
struct Refusal {
    errors: Vec<RefusalItem>,
}

#[derive(Deserialize)]
struct RefusalItem {
    error: String,
    message: String,
}

impl GovukNotify {
    pub(super) fn build(
        base: Base,
        settings: &GovukNotifySettings,
        shared: &Client,
        faults: &mut Faults<'_>,
    ) -> Option<Self> {
        settings.build(base, shared, faults)
    }

    /// A JSON Web Token (HS256) of now: Notify accepts it for 30 seconds.
    fn token(&self) -> Option<String> {
        let claims = json!({"iss": self.service_id, "iat": self.base.now() / 1_000});
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mac = hmac_sha256(self.key.expose().as_bytes(), &[signed.as_bytes()])?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac)))
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SendFailure> {
        let token = self.token().ok_or(SendFailure::NotConfigured)?;
        let url = self.url.join(path).map_err(|_| SendFailure::NotConfigured)?;
        Ok(self.client.request(method, url).timeout(self.timeout).bearer_auth(token))
    }

    fn failure(&self, answer: &Answer) -> SendFailure {
        let by_status = answer.failure_by_status(self.base.now());
        let Ok(refusal) = answer.json::<Refusal>() else {
            return by_status;
        };
        let Some(first) = refusal.errors.first() else {
            return by_status;
        };
        match (answer.status, first.error.as_str()) {
            // Notify asks not to read its messages. This prefix only tells a person's number from our mistakes; should
            // it change, the text is refused for good all the same, without a mark on the number.
            (400, "ValidationError") if first.message.starts_with("phone_number") => {
                SendFailure::BadAddress { code: "ValidationError".to_owned() }
            }
            (400, "ValidationError") => SendFailure::Rejected { code: "ValidationError".to_owned(), permanent: true },
            // Trial mode, unknown template or sender, a key for the team only: nothing the message could help.
            (400, "BadRequestError") => SendFailure::NotConfigured,
            // The daily limit: it starts anew at midnight UTC.
            (429, "TooManyRequestsError") => {
                SendFailure::Throttled { retry_after_ms: Some(DAY_MS - self.base.now().rem_euclid(DAY_MS)) }
            }
            _ => by_status,
        }
    }
}

/// Notify's words for where a text stands.
fn status(word: &str) -> Option<DeliveryStatus> {
    let code = || word.to_owned();
    Some(match word {
        "created" | "accepted" => DeliveryStatus::Accepted,
        "sending" | "pending" | "sent" => DeliveryStatus::Sent,
        "delivered" => DeliveryStatus::Delivered,
        "permanent-failure" => DeliveryStatus::Undelivered { code: code(), permanent: true },
        "temporary-failure" => DeliveryStatus::Undelivered { code: code(), permanent: false },
        "technical-failure" => DeliveryStatus::Failed { code: code(), permanent: false },
        _ => return None,
    })
}

impl Adapter for GovukNotify {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        characters::check(&message.text, self.base.policy.max_characters)?;
        let mut body = json!({
            "phone_number": message.to,
            "template_id": self.template_id,
            "personalisation": {"body": message.text},
            "reference": message.reference,
        });
        if let (Some(sender), Some(fields)) = (self.base.sender(message), body.as_object_mut()) {
            fields.insert("sms_sender_id".to_owned(), sender.into());
        }
        let answer = call(self.request(Method::POST, "v2/notifications/sms")?.json(&body)).await?;
        if answer.status != 201 {
            return Err(if answer.is_success() {
                SendFailure::BadResponse { code: format!("http_{}", answer.status) }
            } else {
                self.failure(&answer)
            });
        }
        let created: Created = answer.json()?;
        if !is_id(&created.id) || created.reference.as_deref() != Some(&message.reference) {
            return Err(SendFailure::BadResponse { code: "not_the_form".to_owned() });
        }
        Ok(Accepted { provider_id: Some(created.id), status: DeliveryStatus::Accepted })
    }

    /// Notify keeps messages for seven days and lists them by our reference.
    async fn look_up(&self, ask: &Ask<'_>) -> Result<LookUp, SendFailure> {
        let request = self
            .request(Method::GET, "v2/notifications")?
            .query(&[("reference", ask.reference), ("template_type", "sms")]);
        let answer = call(request).await?;
        if answer.status != 200 {
            return Err(self.failure(&answer));
        }
        let listing: Listing = answer.json()?;
        let ours = listing.notifications.into_iter().find(|n| n.reference.as_deref() == Some(ask.reference));
        Ok(match ours {
            None => LookUp::NotFound,
            Some(found) => LookUp::Found {
                status: status(&found.status).unwrap_or(DeliveryStatus::Accepted),
                provider_id: Some(found.id),
            },
        })
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        check_bearer(&self.bearers, request)
    }

    fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        webhook::parse(request.body)
    }
}
