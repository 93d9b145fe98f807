//! Twilio's webhooks: texts from people and status callbacks, both signed forms.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

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
///
/// Whether the usual port stands in the signed address is, by Twilio's own client libraries, not consistent: it is tried with
/// and without. Webhooks that are signed with a shared key name HMAC-SHA256 in a header.
pub(super) fn verify(keys: &[Secret], public_url: &str, request: &WebhookRequest<'_>) -> Result<(), Forged> {
    let given = request.header("x-twilio-signature").ok_or(Forged::Unsigned)?;
    let given = STANDARD.decode(given).map_err(|_| Forged::WrongSignature)?;
    let mut rest = request.path.to_owned();
    if !request.query.is_empty() {
        rest.push('?');
        rest.push_str(request.query);
    }
    let mut fields = pairs(request.body);
    fields.sort();
    fields.dedup();
    for (name, value) in fields {
        rest.push_str(&name);
        rest.push_str(&value);
    }
    let sha256 = match request.header("x-twilio-webhooks-signature-settings").and_then(algorithm) {
        None => false,
        Some(name) if name.eq_ignore_ascii_case("HMAC_SHA1") => false,
        Some(name) if name.eq_ignore_ascii_case("HMAC_SHA256") => true,
        Some(_) => return Err(Forged::WrongSignature),
    };
    let addresses = with_and_without_port(public_url);
    any(keys, |key| {
        let fits = addresses.iter().fold(0_u32, |sum, address| {
            let signed = [address.as_bytes(), rest.as_bytes()];
            let fit = if sha256 {
                fits::<Hmac<Sha256>>(key, signed, &given)
            } else {
                fits::<Hmac<Sha1>>(key, signed, &given)
            };
            sum + u32::from(fit)
        });
        fits > 0
    })
}

fn fits<M: Mac + KeyInit>(key: &[u8], signed: [&[u8]; 2], given: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(key)
        .is_ok_and(|mac| mac.chain_update(signed[0]).chain_update(signed[1]).verify_slice(given).is_ok())
}

/// The value of `algorithm=` in `key=…,algorithm=…`.
fn algorithm(settings: &str) -> Option<&str> {
    let mut parts = settings.split(',').filter_map(|part| part.split_once('='));
    parts.find(|(name, _)| name.trim() == "algorithm").map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// The address as it is, with the port its scheme stands for, and without any.
fn with_and_without_port(address: &str) -> Vec<String> {
    let mut all = vec![address.to_owned()];
    if let Some((scheme, rest)) = address.split_once("://") {
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // The colons of an IPv6 address stand within brackets.
        let after_brackets = host.rfind(']').map_or(0, |at| at + 1);
        let port_at = host.get(after_brackets..).and_then(|tail| tail.find(':')).map(|at| at + after_brackets);
        let usual = if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
        all.push(match port_at {
            Some(at) => format!("{scheme}://{}{path}", host.get(..at).unwrap_or_default()),
            None => format!("{scheme}://{host}:{usual}{path}"),
        });
    }
    all
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
