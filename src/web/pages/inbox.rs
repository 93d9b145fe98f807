//! The inbox: replies that a person must read.

use super::acts;
use super::desk::{Desk, Menu};
use super::error::PageError;
use super::parts::{empty, person_link};
use super::reading::Read;
use super::words;
use crate::domain::reason::Reason;
use crate::store::views::lists::{self, NamedMessage};
use crate::web::AppState;
use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};

const LINES: i64 = 100;

pub(super) async fn page(State(state): State<AppState>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let waiting = lists::inbox(&state.engine.db, &desk.practice_id, LINES).await?;
    let body = html! {
        p { "Replies the program was not sure of, or that only a person can answer. The oldest is first." }
        @if waiting.is_empty() { (empty("Nothing to read.", "Replies that need a person appear here as they come in.")) }
        @else { ol.btw-cards { @for message in &waiting { li { (card(&desk, message)) } } } }
    };
    Ok(desk.page("Inbox", Menu::Inbox, "/inbox", &body))
}

fn card(desk: &Desk, named: &NamedMessage) -> Markup {
    let message = &named.message;
    let text = message.body.as_deref().unwrap_or_default();
    let read = Read::parse(&named.facts);
    html! {
        article.nhsuk-card {
            h2.nhsuk-heading-s {
                @if message.reason == Reason::SeveralPeople.as_str() { "One of several people" }
                @else { (person_link(message.patient_id.as_deref(), named.family_name.as_deref(), named.given_name.as_deref())) }
                span.btw-quiet { ", " (words::channel(message.channel.as_deref().unwrap_or_default())) ", " (desk.stamp(message.created_at)) }
            }
            @if let Some(subject) = &message.subject { p { "Subject: " (subject) } }
            blockquote.btw-words { @if let Some(read) = &read { (read.marked(text)) } @else { (text) } }
            @if let Some(read) = &read { p.btw-quiet { "Read as: " (read.sentence()) } }
            @if let Some(why) = words::reason(&message.reason) { p.btw-quiet { (why) } }
            div.btw-buttons {
                form method="post" action={ "/inbox/" (message.id) } { button.nhsuk-button { "Dealt with" } }
                a href={ "/messages/" (message.id) } { "See everything about this message" }
            }
        }
    }
}

pub(super) async fn dealt_with(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, PageError> {
    acts::deal_with(&state, &id).await?;
    Ok(Redirect::to("/inbox"))
}
