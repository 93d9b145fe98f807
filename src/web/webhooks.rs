//! What gateways push: verified over the raw body, stored durably, then answered. Forged or unreadable requests leave no row.

use super::AppState;
use crate::gateways::{Forged, MailIn, Received, WebhookRequest};
use crate::intake::{Inbound, ReceiveError, Report, mail, take_reports};
use crate::outreach::OutreachError;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;

pub(super) async fn take(
    State(state): State<AppState>,
    Path(parts): Path<HashMap<String, String>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(gateway) = parts.get("gateway").and_then(|name| state.engine.gateways.get(name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let request = WebhookRequest {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
        received_at_ms: state.engine.clock.now_ms(),
    };
    if let Err(forged) = gateway.verify(&request) {
        tracing::warn!(gateway = gateway.name(), code = "webhook_refused", why = %forged, "a webhook was refused");
        return refusal(forged).into_response();
    }
    let Ok(received) = gateway.parse(&request) else {
        tracing::warn!(gateway = gateway.name(), code = "webhook_unreadable", "a webhook could not be read");
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Sorted { messages, reports, mails } = sort(gateway.name(), received, request.received_at_ms);
    if let Some(way) = gateway.mail_in().filter(|_| !mails.is_empty()) {
        match keep_mails(&state, gateway.name(), way, mails).await {
            Ok(_) => state.engine.bell.notify_waiters(),
            Err(OutreachError::Store(error)) if !error.is_outage() => {
                return StatusCode::UNPROCESSABLE_ENTITY.into_response();
            }
            Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
    if !messages.is_empty() {
        match state.receiver.submit(messages).await {
            Ok(()) => state.engine.bell.notify_waiters(),
            Err(ReceiveError::Outage) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Err(ReceiveError::Refused) => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        }
    }
    match take_reports(&state.engine, &reports).await {
        Ok(_) => StatusCode::from_u16(gateway.answer_when_taken()).unwrap_or(StatusCode::OK).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Without proof of who asks: 401. With a proof that does not hold, or where nothing is taken in: 403.
const fn refusal(forged: Forged) -> StatusCode {
    match forged {
        Forged::Unsigned => StatusCode::UNAUTHORIZED,
        Forged::WrongSignature | Forged::OutsideWindow | Forged::NotOpen => StatusCode::FORBIDDEN,
    }
}

#[derive(Default)]
struct Sorted {
    messages: Vec<Inbound>,
    reports: Vec<Report>,
    mails: Vec<Vec<u8>>,
}

async fn keep_mails(state: &AppState, name: &str, way: &MailIn, mails: Vec<Vec<u8>>) -> Result<usize, OutreachError> {
    let practices = state.engine.practices().await?;
    let taken: Vec<mail::Taken> = mails.into_iter().map(|raw| mail::take(raw, 0, way, &practices)).collect();
    mail::keep(&state.engine, name, &taken).await
}

fn sort(gateway: &str, received: Vec<Received>, now: i64) -> Sorted {
    let mut sorted = Sorted::default();
    for item in received {
        match item {
            Received::Mail { raw } => sorted.mails.push(raw),
            Received::Inbound { provider_reference, from, text, .. } => sorted.messages.push(Inbound {
                gateway: gateway.to_owned(),
                provider_reference,
                channel: "sms".to_owned(),
                from,
                token: None,
                subject: None,
                text,
            }),
            Received::Report { reference, provider_id, status, occurred_at_ms } => {
                if let Some(reference) = reference.or(provider_id) {
                    let occurred_at = occurred_at_ms.unwrap_or(now);
                    sorted.reports.push(Report { gateway: gateway.to_owned(), reference, status, occurred_at });
                }
            }
        }
    }
    sorted
}
