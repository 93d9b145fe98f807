//! What comes in from a gateway described in configuration.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::{
    Receiving,
    settings::{InboundFields, ReceiptFields, ReceiptStatus, WebhookAuth},
};
use crate::{
    domain::delivery::DeliveryStatus,
    gateways::{
        Forged, ParseError, Received, WebhookRequest,
        client::safe_code,
        form_data::{field, pairs},
        signature::{check_bearer, check_hmac_hex, check_token, to_hex},
    },
};

pub(super) fn verify(receiving: &Receiving, request: &WebhookRequest<'_>) -> Result<(), Forged> {
    let keys = &receiving.keys;
    match &receiving.auth {
        WebhookAuth::HmacBody { header, .. } => {
            let given = request.header(header).ok_or(Forged::Unsigned)?;
            check_hmac_hex(keys, &[request.body], given.strip_prefix("sha256=").unwrap_or(given))
        }
        WebhookAuth::Bearer { .. } => check_bearer(keys, request),
        WebhookAuth::Basic { user, .. } => {
            let (name, password) = basic(request).ok_or(Forged::Unsigned)?;
            check_token(keys, &password)?;
            if name == *user { Ok(()) } else { Err(Forged::WrongSignature) }
        }
        WebhookAuth::QueryToken { parameter, .. } => {
            let query = pairs(request.query.as_bytes());
            check_token(keys, field(&query, parameter).ok_or(Forged::Unsigned)?)
        }
    }
}

fn basic(request: &WebhookRequest<'_>) -> Option<(String, String)> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

pub(super) fn parse(receiving: &Receiving, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
    let fields = fields(request);
    if let Some(names) = &receiving.inbound
        && let Some(text) = field(&fields, &names.text)
    {
        return inbound(names, &fields, text, request).map(|one| vec![one]);
    }
    let names = receiving.receipt.as_ref().ok_or(ParseError::new("not_the_form"))?;
    receipt(names, &fields).map(|one| vec![one])
}

/// The top-level members of a JSON object, or the fields of a form with those of the query.
fn fields(request: &WebhookRequest<'_>) -> Vec<(String, String)> {
    if let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(request.body) {
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Number(number) => Some(number.to_string()),
            serde_json::Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        };
        return members.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect();
    }
    let mut all = pairs(request.body);
    all.extend(pairs(request.query.as_bytes()));
    all
}

fn inbound(
    names: &InboundFields,
    fields: &[(String, String)],
    text: &str,
    request: &WebhookRequest<'_>,
) -> Result<Received, ParseError> {
    let from = field(fields, &names.from).filter(|from| !from.is_empty()).ok_or(ParseError::new("no_sender"))?;
    let provider_reference = if let Some(name) = &names.id {
        let id = field(fields, name).filter(|id| !id.is_empty());
        id.ok_or(ParseError::new("no_id"))?.to_owned()
    } else {
        let mut hash = Sha256::new();
        hash.update(request.query.as_bytes());
        hash.update(
            b"
",
        );
        hash.update(request.body);
        format!("sha256-{}", to_hex(&hash.finalize()))
    };
    Ok(Received::Inbound {
        provider_reference,
        from: from.to_owned(),
        to: names.to.as_ref().and_then(|name| field(fields, name)).unwrap_or_default().to_owned(),
        text: text.to_owned(),
        sent_at_ms: None,
    })
}

fn receipt(names: &ReceiptFields, fields: &[(String, String)]) -> Result<Received, ParseError> {
    let get = |name: &Option<String>| {
        let value = name.as_ref().and_then(|name| field(fields, name));
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let (reference, provider_id) = (get(&names.reference), get(&names.id));
    if reference.is_none() && provider_id.is_none() {
        return Err(ParseError::new("no_id"));
    }
    let word = field(fields, &names.status).ok_or(ParseError::new("no_status"))?;
    let code = get(&names.code);
    let permanent = code.as_ref().is_some_and(|code| names.permanent_codes.contains(code));
    let opted_out = code.as_ref().is_some_and(|code| names.opted_out_codes.contains(code));
    let code = || safe_code(code.as_deref().unwrap_or(word));
    let status = match names.statuses.get(word).ok_or(ParseError::new("unknown_status"))? {
        ReceiptStatus::Accepted => DeliveryStatus::Accepted,
        ReceiptStatus::Sent => DeliveryStatus::Sent,
        ReceiptStatus::Delivered => DeliveryStatus::Delivered,
        ReceiptStatus::Undelivered | ReceiptStatus::Failed if opted_out => DeliveryStatus::OptedOut,
        ReceiptStatus::Undelivered => DeliveryStatus::Undelivered { code: code(), permanent },
        ReceiptStatus::Failed => DeliveryStatus::Failed { code: code(), permanent },
        ReceiptStatus::OptedOut => DeliveryStatus::OptedOut,
    };
    Ok(Received::Report { reference, provider_id, status, occurred_at_ms: None })
}
