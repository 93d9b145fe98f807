//! NHS Notify's callbacks on messages and channels.
//!
//! Its third callback, on recipients' responses, is left alone: it tells which of the answer options of an NHS App message was
//! chosen, never a person's own words, and none of our messages offers options. It comes without key or signature (mutual TLS).

use chrono::DateTime;
use serde::Deserialize;

use super::settings::{EmailRoute, TextRoute};
use crate::{
    domain::delivery::DeliveryStatus,
    gateways::{
        Forged, ParseError, Received, WebhookRequest,
        client::safe_code,
        signature::{check_hmac_hex, check_token},
    },
    secret::Secret,
};

/// The API key comes in a header, and the body is signed with `{application id}.{API key}`.
pub(super) fn verify(application_id: &str, keys: &[Secret], request: &WebhookRequest<'_>) -> Result<(), Forged> {
    let key = request.header("x-api-key").ok_or(Forged::Unsigned)?;
    // A wrong API key is to be answered 401 like a missing one, a wrong signature 403.
    check_token(keys, key).map_err(|forged| match forged {
        Forged::WrongSignature => Forged::Unsigned,
        other => other,
    })?;
    let given = request.header("x-hmac-sha256-signature").ok_or(Forged::WrongSignature)?;
    let secret = Secret::new(format!("{application_id}.{key}"));
    check_hmac_hex(&[secret], &[request.body], given)
}

#[derive(Deserialize)]
struct Callback {
    data: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "attributes")]
enum Item {
    MessageStatus(OfMessage),
    ChannelStatus(OfChannel),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfMessage {
    message_id: String,
    message_reference: String,
    message_status: String,
    message_failure_reason_code: Option<String>,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfChannel {
    message_id: String,
    message_reference: String,
    channel: String,
    channel_status: String,
    channel_failure_reason_code: Option<String>,
    supplier_status: Option<String>,
    timestamp: Option<String>,
}

pub(super) fn parse(
    body: &[u8],
    text: Option<TextRoute>,
    email: Option<EmailRoute>,
) -> Result<Vec<Received>, ParseError> {
    let callback: Callback = serde_json::from_slice(body).map_err(|_| ParseError::new("not_the_form"))?;
    if callback.data.is_empty() {
        return Err(ParseError::new("empty"));
    }
    let reports = callback.data.into_iter().filter_map(|item| match item {
        Item::MessageStatus(item) => {
            let code = item.message_failure_reason_code.as_deref();
            let status = match item.message_status.as_str() {
                "created" | "pending_enrichment" | "enriched" => DeliveryStatus::Accepted,
                "sending" => DeliveryStatus::Sent,
                "delivered" => DeliveryStatus::Delivered,
                "failed" => DeliveryStatus::Failed { code: safe_code(code.unwrap_or("failed")), permanent: false },
                _ => return None,
            };
            Some(report(item.message_reference, item.message_id, status, item.timestamp.as_deref()))
        }
        Item::ChannelStatus(item) => {
            let status = channel_status(&item, is_last(&item.channel, text, email))?;
            Some(report(item.message_reference, item.message_id, status, item.timestamp.as_deref()))
        }
        Item::Other => None,
    });
    Ok(reports.collect())
}

fn report(reference: String, id: String, status: DeliveryStatus, timestamp: Option<&str>) -> Received {
    Received::Report {
        reference: Some(reference),
        provider_id: Some(id),
        status,
        occurred_at_ms: timestamp.and_then(|t| DateTime::parse_from_rfc3339(t).ok()).map(|at| at.timestamp_millis()),
    }
}

/// A channel that failed ends the message only when no other comes after it.
fn channel_status(item: &OfChannel, last: bool) -> Option<DeliveryStatus> {
    let supplier = item.supplier_status.as_deref();
    match item.channel_status.as_str() {
        "created" => Some(DeliveryStatus::Accepted),
        "sending" => Some(DeliveryStatus::Sent),
        "delivered" => Some(DeliveryStatus::Delivered),
        "failed" if last => {
            let code = item.channel_failure_reason_code.as_deref().or(supplier).unwrap_or("failed");
            let permanent = supplier == Some("permanent_failure");
            Some(DeliveryStatus::Undelivered { code: safe_code(code), permanent })
        }
        _ => None,
    }
}

fn is_last(channel: &str, text: Option<TextRoute>, email: Option<EmailRoute>) -> bool {
    let app_falls_back = |text: Option<TextRoute>, email: Option<EmailRoute>| {
        text.is_some_and(|route| route != TextRoute::App) || email.is_some()
    };
    channel != "nhsapp" || !app_falls_back(text, email)
}
