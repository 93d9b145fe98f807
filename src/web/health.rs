//! Is it alive, is it ready, and what waits: for machines.

use super::AppState;
use crate::store::{due, inbox};
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
    let urgent = crate::store::alerts::oldest_urgent(&state.engine.db).await.ok().flatten();
    let age = |since: Option<i64>| since.map_or(0, |at| (now - at).max(0) / 1000);
    let body = [
        ("between_due_messages", "Messages due by now that have not gone.", backlog.due),
        ("between_oldest_due_seconds", "Age of the oldest of them.", age(backlog.oldest)),
        ("between_unread_messages", "Received messages not yet read by the program.", waiting),
        ("between_oldest_unread_seconds", "Age of the oldest of them.", age(oldest)),
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
