//! Alerts: somebody must be told. Open ones first, by urgency.

use super::acts;
use super::desk::{Desk, Menu};
use super::error::PageError;
use super::parts::{empty, person_link, tag};
use super::words;
use crate::store::views::lists::{self, NamedAlert};
use crate::web::AppState;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

const LINES: i64 = 100;

pub(super) async fn page(State(state): State<AppState>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let open = lists::alerts(&state.engine.db, &desk.practice_id, "open", LINES).await?;
    let done = lists::alerts(&state.engine.db, &desk.practice_id, "acknowledged", LINES).await?;
    let body = html! {
        p { "What a person at the practice has to look at. Acknowledging says that you have it in hand." }
        @if open.is_empty() { (empty("No open alerts.", "New ones appear here, and staff are told of urgent ones by the alert route.")) }
        @else {
            ol.btw-cards { @for alert in &open { li { (card(&desk, alert)) } } }
        }
        @if !done.is_empty() {
            details.nhsuk-details {
                summary.nhsuk-details__summary { "Acknowledged (" (done.len()) ")" }
                ul.btw-cards { @for alert in &done { li { (card(&desk, alert)) } } }
            }
        }
    };
    Ok(desk.page("Alerts", Menu::Alerts, "/alerts", &body))
}

/// One alert, with what can be done about it. Also on the person's page.
pub(super) fn card(desk: &Desk, named: &NamedAlert) -> Markup {
    let NamedAlert { alert, family_name, given_name, words } = named;
    let urgent = matches!(alert.priority.as_str(), "stat" | "urgent") && alert.status == "open";
    html! {
        article.nhsuk-card.btw-alert.btw-alert--urgent[urgent] id={ "alert-" (alert.id) } {
            h3.nhsuk-heading-s {
                (tag(words::priority(&alert.priority))) " " (words::alert_kind(&alert.kind))
                ": " (person_link(alert.patient_id.as_deref(), family_name.as_deref(), given_name.as_deref()))
            }
            p { (alert.reason) }
            @if let Some(words) = words { blockquote.btw-words { (words) } }
            p.btw-quiet {
                "Raised " (desk.stamp(alert.created_at)) ". Due " (desk.stamp(alert.due_at)) ", " (alert.owner) "."
                @if alert.escalations > 0 { " Escalated " (words::count(alert.escalations, "time", "times")) "." }
                @if let Some(message) = &alert.message_id { " " a href={ "/messages/" (message) } { "See the message" } }
            }
            @if alert.status == "open" {
                form.btw-inline method="post" action={ "/alerts/" (alert.id) } {
                    div.nhsuk-form-group {
                        label.nhsuk-label for={ "note-" (alert.id) } { "What you did, or will do" }
                        input.nhsuk-input id={ "note-" (alert.id) } name="note" maxlength="300" autocomplete="off";
                    }
                    button.nhsuk-button { "Acknowledge" span.nhsuk-u-visually-hidden { " " (words::alert_kind(&alert.kind)) } }
                }
            } @else {
                p.btw-quiet {
                    "Acknowledged by " (alert.acknowledged_by.as_deref().unwrap_or("somebody"))
                    @if let Some(at) = alert.acknowledged_at { " " (desk.stamp(at)) }
                    @if !alert.note.is_empty() { ": " (alert.note) }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Note {
    #[serde(default)]
    note: String,
}

pub(super) async fn acknowledge(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Note>,
) -> Result<Redirect, PageError> {
    let note: String = form.note.chars().take(300).collect();
    acts::acknowledge_alert(&state, &id, &note).await?;
    Ok(Redirect::to("/alerts"))
}
