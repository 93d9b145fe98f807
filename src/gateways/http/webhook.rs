//! What comes in by the HTTP gateway's own form: texts from people, and receipts.

use chrono::DateTime;
use serde::Deserialize;

use super::{form::Described, settings::SignatureForm};
use crate::{
    gateways::{
        Forged, ParseError, Received, WebhookRequest,
        signature::{check_hmac_hex, check_signed_request},
    },
    secret::Secret,
};

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    Inbound {
        id: String,
        from: String,
        to: String,
        text: String,
        at: Option<String>,
    },
    Receipt {
        #[serde(flatten)]
        described: Described,
        at: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Untyped {
    id: String,
    from: String,
    to: String,
    text: String,
    at: Option<String>,
}

/// Checks the signature, and the signed time where there is one.
pub(super) fn verify(keys: &[Secret], form: SignatureForm, request: &WebhookRequest<'_>) -> Result<(), Forged> {
    match form {
        SignatureForm::Body => {
            let given = request.header("x-signature").ok_or(Forged::Unsigned)?;
            check_hmac_hex(keys, &[request.body], given)
        }
        SignatureForm::TimestampAndBody => check_signed_request(keys, request),
    }
}

/// Reads one event. One without a `type` is a text, if it has what a text has.
pub(super) fn parse(body: &[u8]) -> Result<Vec<Received>, ParseError> {
    let event = serde_json::from_slice(body).or_else(|_| {
        serde_json::from_slice(body).map(|Untyped { id, from, to, text, at }| Event::Inbound { id, from, to, text, at })
    });
    Ok(vec![match event.map_err(|_: serde_json::Error| ParseError::new("not_the_form"))? {
        Event::Inbound { id, from, to, text, at } => {
            if id.is_empty() || from.is_empty() {
                return Err(ParseError::new("no_id_or_sender"));
            }
            Received::Inbound { provider_reference: id, from, to, text, sent_at_ms: instant(at.as_deref()) }
        }
        Event::Receipt { described, at } => Received::Report {
            status: described.status().ok_or(ParseError::new("unknown_status"))?,
            reference: described.reference,
            provider_id: Some(described.id).filter(|id| !id.is_empty()),
            occurred_at_ms: instant(at.as_deref()),
        },
    }])
}

/// RFC 3339. A time we cannot read is left out: it is the provider's remark, not what the message rests on.
fn instant(text: Option<&str>) -> Option<i64> {
    DateTime::parse_from_rfc3339(text?).ok().map(|at| at.timestamp_millis())
}
