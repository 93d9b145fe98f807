//! Twilio's webhooks: texts from people and status callbacks, both forms signed with HMAC-SHA1.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::codes;
use crate::{
    gateways::{
        Forged, ParseError, Received, WebhookRequest,
        form_data::{field, pairs},
        signature::any,
    },
    secret::Secret,
};

/// Twilio signs the address it called followed by the form's fields sorted by name, each name directly before its
/// value. The address is the configured one: what the request says of its own host is anybody's word.
pub(super) fn verify(tokens: &[Secret], public_url: &str, request: &WebhookRequest<'_>) -> Result<(), Forged> {
    let given = request.header("x-twilio-signature").ok_or(Forged::Unsigned)?;
    let given = STANDARD.decode(given).map_err(|_| Forged::WrongSignature)?;
    let mut signed = format!("{public_url}{}", request.path);
    if !request.query.is_empty() {
        signed.push('?');
        signed.push_str(request.query);
    }
    let mut fields = pairs(request.body);
    fields.sort();
    fields.dedup();
    for (name, value) in fields {
        signed.push_str(&name);
        signed.push_str(&value);
    }
    any(tokens, |token| {
        Hmac::<Sha1>::new_from_slice(token)
            .is_ok_and(|mac| mac.chain_update(signed.as_bytes()).verify_slice(&given).is_ok())
    })
}

pub(super) fn parse(request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
    let fields = pairs(request.body);
    let get = |name: &str| field(&fields, name).map(str::to_owned);
    let sid = get("MessageSid").filter(|sid| !sid.is_empty()).ok_or(ParseError::new("no_message_sid"))?;
    let word = get("MessageStatus");
    match word.as_deref() {
        None | Some("received" | "receiving") => {
            let (Some(from), Some(text)) = (get("From"), get("Body")) else {
                return Err(ParseError::new("no_sender_or_text"));
            };
            let to = get("To").unwrap_or_default();
            Ok(vec![Received::Inbound { provider_reference: sid, from, to, text, sent_at_ms: None }])
        }
        Some(word) => {
            let code = get("ErrorCode").and_then(|code| code.parse().ok());
            let reference = field(&pairs(request.query.as_bytes()), "reference").map(str::to_owned);
            let status = codes::status(word, code).ok_or(ParseError::new("unknown_status"))?;
            Ok(vec![Received::Report { reference, provider_id: Some(sid), status, occurred_at_ms: None }])
        }
    }
}
