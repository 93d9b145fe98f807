//! GOV.UK Notify's callbacks: delivery receipts and received texts, told apart by their fields.

use chrono::DateTime;
use serde::Deserialize;

use super::status;
use crate::gateways::{ParseError, Received};

#[derive(Deserialize)]
#[serde(untagged)]
enum Callback {
    Text {
        id: String,
        source_number: String,
        destination_number: String,
        message: String,
        date_received: Option<String>,
    },
    Receipt {
        id: String,
        reference: Option<String>,
        status: String,
        completed_at: Option<String>,
        sent_at: Option<String>,
    },
}

pub(super) fn parse(body: &[u8]) -> Result<Vec<Received>, ParseError> {
    let callback = serde_json::from_slice(body).map_err(|_| ParseError::new("not_the_form"))?;
    Ok(vec![match callback {
        Callback::Text { id, .. } | Callback::Receipt { id, .. } if id.is_empty() => {
            return Err(ParseError::new("no_id"));
        }
        Callback::Text { id, source_number, destination_number, message, date_received } => Received::Inbound {
            provider_reference: id,
            from: source_number,
            to: destination_number,
            text: message,
            sent_at_ms: instant(date_received),
        },
        Callback::Receipt { id, reference, status: word, completed_at, sent_at } => Received::Report {
            reference,
            provider_id: Some(id),
            status: status(&word).ok_or(ParseError::new("unknown_status"))?,
            occurred_at_ms: instant(completed_at).or(instant(sent_at)),
        },
    }])
}

fn instant(text: Option<String>) -> Option<i64> {
    DateTime::parse_from_rfc3339(&text?).ok().map(|at| at.timestamp_millis())
}
