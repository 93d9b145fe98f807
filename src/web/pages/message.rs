//! One message: what it said, why it stands where it stands, every try and report.

use super::desk::{Desk, Menu};
use super::error::PageError;
use super::mail;
use super::parts::{empty, person_link, row, tag};
use super::person::address;
use super::reading::Read;
use super::words;
use crate::outreach::StoredFacts;
use crate::store::exchanges::{self, ExchangeRow};
use crate::store::ledger::{self, AttemptRow, MessageRow};
use crate::store::mails;
use crate::store::reports::{self, DeliveryReportRow};
use crate::store::views::lists;
use crate::web::AppState;
use axum::extract::{Path, State};
use maud::{Markup, html};

pub(super) async fn page(State(state): State<AppState>, Path(id): Path<String>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let db = &state.engine.db;
    let named = lists::message(db, &id).await?.ok_or(PageError::NotFound)?;
    let stored = ledger::get(db, &id).await?.ok_or(PageError::NotFound)?;
    let attempts = ledger::attempts_of(db, &id).await?;
    let reports = reports::of_message(db, &id).await?;
    let exchanges = exchanges::of_message(db, &id).await?;
    let mut tx = db.begin().await?;
    let mail = mails::views(&mut tx, std::slice::from_ref(&id)).await?.into_iter().next();
    tx.commit().await?;
    let files = mails::attachments_of(db, &id).await?;
    let message = &named.message;
    let inbound = message.direction == "in";
    let text = message.body.as_deref().unwrap_or_default();
    let read = inbound.then(|| Read::parse(&named.facts)).flatten();
    let title = if inbound { "A reply".to_owned() } else { words::message(&message.kind, &message.template) };
    let body = html! {
        p {
            (tag(words::status(&message.status))) " "
            @if let Some(why) = words::reason(&message.reason) { (why) }
        }
        @if text.is_empty() {
            (empty("No text yet.", "The text is made at the moment it goes, from what is true then."))
        } @else {
            @if let Some(subject) = &message.subject { p { "Subject: " (subject) } }
            blockquote.btw-words.btw-words--big { @if let Some(read) = &read { (read.marked(text)) } @else { (text) } }
        }
        @if let Some(mail) = &mail { (mail::section(mail, &files)) }
        @if let Some(read) = &read {
            h2.nhsuk-heading-m { "How it was read" }
            p { strong { (read.sentence()) } " " (tag(read.route())) @if let Some(sure) = read.confidence() { " " span.btw-quiet { "sure: " (sure) "%" } } }
            (read.reasons(text))
        }
        dl.nhsuk-summary-list {
            (row("Person", &person_link(message.patient_id.as_deref(), named.family_name.as_deref(), named.given_name.as_deref())))
            @if let Some(channel) = &message.channel { (row("By", &html! { (words::channel(channel)) @if let Some(gateway) = &message.gateway { " through " (gateway) } })) }
            @if let (Some(channel), Some(to)) = (&message.channel, &message.address) {
                (row(if inbound { "From" } else { "To" }, &html! { (address(channel, to)) }))
            }
            @if !inbound { (row("Topic", &html! { (words::purpose(&message.purpose)) })) }
            @if !inbound { (row("Due", &desk.stamp(message.due_at))) }
            @if let Some(until) = stored.expires_at { (row("Useful until", &desk.stamp(until))) }
            @if let Some(version) = &message.template_version { (row("Wording", &html! { (version) })) }
            @if let Some(segments) = message.segments { (row("SMS parts", &html! { (segments) })) }
            @if let Some(answers) = &message.in_reply_to {
                @if !inbound { (row("Answers", &html! { a href={ "/messages/" (answers) } { "this reply" } })) }
            }
            (row(if inbound { "Received" } else { "Planned" }, &desk.stamp(message.created_at)))
            (row("Id", &html! { code { (message.id) } }))
        }
        @if !inbound {
            (facts(&stored))
            (tries(&desk, &attempts))
            (delivery(&desk, &reports))
            (exchanged(&desk, &exchanges))
        }
    };
    Ok(desk.page(&title, Menu::Today, &format!("/messages/{id}"), &body))
}

fn facts(stored: &MessageRow) -> Markup {
    let facts: StoredFacts = serde_json::from_str(&stored.facts).unwrap_or_default();
    html! {
        @if !facts.values.is_empty() || facts.asks.is_some() {
            h2.nhsuk-heading-m { "What was fixed when it was planned" }
            dl.nhsuk-summary-list {
                @for (name, value) in &facts.values { (row(&words::capital(&name.replace('_', " ")), &html! { (value) })) }
                @if facts.asks.is_some() { (row("It asks a question", &html! { "open for " (facts.open_for_hours.unwrap_or(48)) " hours" })) }
                @if let Some(step) = &facts.chases { (row("Not sent once this is answered", &html! { (step) })) }
            }
        }
    }
}

fn tries(desk: &Desk, attempts: &[AttemptRow]) -> Markup {
    let outcome = |word: Option<&str>| match word {
        Some("accepted") => "The gateway took it",
        Some("refused") => "The gateway refused it",
        Some("retry") => "Failed, to be tried again",
        Some("unknown") => "No answer: to be asked about",
        Some("not_sent") => "Not made",
        Some("resolved_sent") => "Asked: the gateway has it",
        Some("resolved_not_sent") => "Asked: the gateway does not have it",
        _ => "Under way",
    };
    html! {
        h2.nhsuk-heading-m { "Tries" }
        @if attempts.is_empty() { (empty("It was not tried.", "A try stands here before the gateway is called.")) } @else {
            table.nhsuk-table.btw-table {
                caption.nhsuk-table__caption { "Every try, oldest first" }
                thead { tr { th scope="col" { "Try" } th scope="col" { "When" } th scope="col" { "To" } th scope="col" { "What became of it" } th scope="col" { "The gateway's id" } } }
                tbody {
                    @for attempt in attempts {
                        tr {
                            td data-label="Try" { (attempt.number) }
                            td data-label="When" { (desk.when(attempt.started_at)) }
                            td data-label="To" { (address(&attempt.channel, &attempt.address)) }
                            td data-label="What became of it" {
                                (outcome(attempt.outcome.as_deref()))
                                @if let Some(code) = &attempt.code { " (" (code) ")" }
                            }
                            td data-label="The gateway's id" { code { (attempt.provider_id.as_deref().unwrap_or("None")) } }
                        }
                    }
                }
            }
        }
    }
}

fn delivery(desk: &Desk, reports: &[DeliveryReportRow]) -> Markup {
    html! {
        @if !reports.is_empty() {
            table.nhsuk-table.btw-table {
                caption.nhsuk-table__caption { "Delivery reports" }
                thead { tr { th scope="col" { "When" } th scope="col" { "Report" } } }
                tbody {
                    @for report in reports {
                        tr {
                            td data-label="When" { (desk.when(report.occurred_at)) }
                            td data-label="Report" { (words::capital(&report.status.replace('_', " "))) @if !report.code.is_empty() { " (" (report.code) ")" } }
                        }
                    }
                }
            }
        }
    }
}

/// The exchange log: the first thing support needs.
fn exchanged(desk: &Desk, exchanges: &[ExchangeRow]) -> Markup {
    html! {
        @if !exchanges.is_empty() {
            table.nhsuk-table.btw-table {
                caption.nhsuk-table__caption { "What was said to the gateway, without numbers, names and texts" }
                thead { tr { th scope="col" { "Try" } th scope="col" { "When" } th scope="col" { "Asked" } th scope="col" { "Answered" } } }
                tbody {
                    @for exchange in exchanges {
                        tr {
                            td data-label="Try" { (exchange.attempt) }
                            td data-label="When" { (desk.when(exchange.at)) " " span.btw-quiet { (exchange.gateway) ", " (exchange.took_ms) " ms" } }
                            td data-label="Asked" { code { (exchange.request) } }
                            td data-label="Answered" { code { @if let Some(status) = exchange.status { (status) " " } (exchange.answer) } }
                        }
                    }
                }
            }
        }
    }
}
