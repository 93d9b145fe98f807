//! Is it alive, is it ready, and what waits: for machines.

use super::AppState;
use crate::gateways::Gateway;
use crate::store::{due, inbox, mailboxes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use std::time::Duration;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers within two seconds.
pub(super) async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    match tokio::time::timeout(Duration::from_secs(2), state.engine.db.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database is away\n"),
    }
}

/// Prometheus text: counts and ages only, no names, numbers or texts.
pub(super) async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let now = state.engine.clock.now_ms();
    let (Ok(backlog), Ok((waiting, oldest))) =
        (due::backlog(&state.engine.db, now).await, inbox::backlog(&state.engine.db).await)
    else {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    };
    let Ok(mailboxes) = mailboxes::all(&state.engine.db).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    };
    // A mailbox that is no longer set up is not waited for.
    let (failures, unread_since) = mailboxes
        .iter()
        .filter(|m| state.engine.gateways.get(&m.gateway).is_some_and(|g| reads(g, &m.folder)))
        .fold((0, None), |(failures, since), mailbox| {
            let read_at = mailbox.read_at.or(mailbox.failing_since).unwrap_or(now);
            (failures.max(mailbox.failures), Some(since.map_or(read_at, |since: i64| since.min(read_at))))
        });
    let urgent = crate::store::alerts::oldest_urgent(&state.engine.db).await.ok().flatten();
    let age = |since: Option<i64>| since.map_or(0, |at| (now - at).max(0) / 1000);
    let body = [
        ("between_due_messages", "Messages due by now that have not gone.", backlog.due),
        ("between_oldest_due_seconds", "Age of the oldest of them.", age(backlog.oldest)),
        ("between_unread_messages", "Received messages not yet read by the program.", waiting),
        ("between_oldest_unread_seconds", "Age of the oldest of them.", age(oldest)),
        ("between_mailbox_failures", "Looks into a mailbox that failed in a row; 0 is well.", failures),
        ("between_mailbox_read_seconds", "Since the mailbox longest unread was read.", age(unread_since)),
        (
            "between_oldest_urgent_alert_seconds",
            "Age of the oldest urgent alert that nobody acknowledged.",
            age(urgent),
        ),
    ]
    .iter()
    .fold(String::new(), |text, (name, help, value)| {
        text + &format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n")
    });
    (StatusCode::OK, body)
}

fn reads(gateway: &Gateway, folder: &str) -> bool {
    gateway.mail_in().and_then(|way| way.imap.as_ref()).is_some_and(|imap| imap.folder == folder)
}
