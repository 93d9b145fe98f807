//! The JSON of the HTTP gateway's own form, out and back.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

use super::Proof;
use crate::{
    domain::delivery::{DeliveryStatus, SendFailure},
    gateways::{
        Accepted, LookUp, OutboundMessage,
        client::{Answer, is_id, safe_code},
    },
};

#[derive(Serialize)]
struct Request<'a> {
    id: &'a str,
    to: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
}

/// The body of a send.
pub(super) fn request_body(message: &OutboundMessage, sender: Option<&str>) -> Vec<u8> {
    let request = Request {
        id: &message.reference,
        to: &message.to,
        text: &message.text,
        sender,
        valid_until: message
            .valid_until_ms
            .and_then(DateTime::from_timestamp_millis)
            .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
    };
    // A struct of texts always serialises; an empty body would be refused by the other side.
    serde_json::to_vec(&request).unwrap_or_default()
}

/// A message as the gateway describes it, in answers and in receipts.
#[derive(Deserialize)]
pub(super) struct Described {
    pub(super) id: String,
    pub(super) reference: Option<String>,
    pub(super) status: String,
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) permanent: bool,
}

impl Described {
    /// The status in our words; `None` for one the form does not know.
    pub(super) fn status(&self) -> Option<DeliveryStatus> {
        let code = || safe_code(self.code.as_deref().unwrap_or("none"));
        Some(match self.status.as_str() {
            "accepted" => DeliveryStatus::Accepted,
            "sent" => DeliveryStatus::Sent,
            "delivered" => DeliveryStatus::Delivered,
            "undelivered" => DeliveryStatus::Undelivered { code: code(), permanent: self.permanent },
            "failed" => DeliveryStatus::Failed { code: code(), permanent: self.permanent },
            "opted_out" => DeliveryStatus::OptedOut,
            _ => return None,
        })
    }
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    permanent: Option<bool>,
}

fn not_the_form() -> SendFailure {
    SendFailure::BadResponse { code: "not_the_form".to_owned() }
}

/// What the answer to a send proves.
pub(super) fn read_send(answer: &Answer, proof: Proof, now_ms: i64) -> Result<Accepted, SendFailure> {
    if answer.is_success() {
        if proof == Proof::Status {
            return Ok(Accepted { provider_id: None, status: DeliveryStatus::Accepted });
        }
        let described: Described = answer.json()?;
        let status = described.status().filter(|_| is_id(&described.id)).ok_or_else(not_the_form)?;
        return match status {
            DeliveryStatus::OptedOut => Err(SendFailure::OptedOut),
            DeliveryStatus::Undelivered { code, permanent } | DeliveryStatus::Failed { code, permanent } => {
                Err(SendFailure::Rejected { code, permanent })
            }
            status => Ok(Accepted { provider_id: Some(described.id), status }),
        };
    }
    Err(match (answer.status, answer.json::<Refusal>()) {
        (400 | 409 | 422, Ok(refusal)) => {
            let code = safe_code(&refusal.code);
            match code.as_str() {
                "opted_out" => SendFailure::OptedOut,
                "bad_number" => SendFailure::BadAddress { code },
                "expired" => SendFailure::Expired,
                _ => SendFailure::Rejected { code, permanent: refusal.permanent.unwrap_or(true) },
            }
        }
        _ => answer.failure_by_status(now_ms),
    })
}

/// What the answer to a look-up proves. A bare 404 may come from any proxy on the way: only the form's own one counts.
pub(super) fn read_look_up(answer: &Answer, reference: &str, now_ms: i64) -> Result<LookUp, SendFailure> {
    if answer.is_success() {
        let described: Described = answer.json()?;
        let status = described.status().ok_or_else(not_the_form)?;
        if !is_id(&described.id) || described.reference.as_deref() != Some(reference) {
            return Err(not_the_form());
        }
        return Ok(LookUp::Found { provider_id: Some(described.id), status });
    }
    match (answer.status, answer.json::<Refusal>()) {
        (404, Ok(refusal)) if refusal.code == "not_found" => Ok(LookUp::NotFound),
        _ => Err(answer.failure_by_status(now_ms)),
    }
}
