//! One person: what went to and fro, what stands in their record, and what is planned.

mod care;
mod contact;
mod record;
mod timeline;

pub(super) use contact::address;
pub use record::what;

use super::alerts;
use super::desk::{Desk, Menu};
use super::error::PageError;
use super::parts::{empty, name, row};
use super::people::{born, nhs};
use super::words::channel;
use crate::domain::decision::{STOPPING_TAGS, age};
use crate::store::alerts::AlertRow;
use crate::store::appointments::AppointmentRow;
use crate::store::consents::ConsentRow;
use crate::store::contacts::ContactPointRow;
use crate::store::enrolments::EnrolmentRow;
use crate::store::goals::GoalRow;
use crate::store::patients::{PatientRow, TagRow};
use crate::store::prompts::PromptRow;
use crate::store::record::{AgendaItemRow, RecordEntryRow};
use crate::store::results::TestResultRow;
use crate::store::views::lists::{self, NamedAlert, NamedMessage};
use crate::store::views::person as views;
use crate::store::{self, Db};
use crate::web::AppState;
use axum::extract::{Path, State};
use maud::{Markup, html};

/// Everything the page shows of a person.
struct Person {
    row: PatientRow,
    tags: Vec<TagRow>,
    contacts: Vec<ContactPointRow>,
    consents: Vec<ConsentRow>,
    goals: Vec<GoalRow>,
    appointments: Vec<AppointmentRow>,
    agenda: Vec<AgendaItemRow>,
    results: Vec<TestResultRow>,
    enrolments: Vec<EnrolmentRow>,
    entries: Vec<RecordEntryRow>,
    alerts: Vec<AlertRow>,
    prompt: Option<PromptRow>,
    messages: Vec<NamedMessage>,
}

impl Person {
    async fn load(db: &Db, id: &str) -> Result<Self, PageError> {
        Ok(Self {
            row: store::patients::get(db, id).await?.ok_or(PageError::NotFound)?,
            tags: views::tags(db, id).await?,
            contacts: views::contacts(db, id).await?,
            consents: views::consents(db, id).await?,
            goals: views::goals(db, id).await?,
            appointments: views::appointments(db, id).await?,
            agenda: views::agenda(db, id).await?,
            results: store::results::of_patient(db, id).await?,
            enrolments: views::enrolments(db, id).await?,
            entries: store::record::of_patient(db, id).await?,
            alerts: store::alerts::of_patient(db, id).await?,
            prompt: views::open_prompts(db, id).await?.into_iter().next(),
            messages: lists::timeline(db, id).await?,
        })
    }

    fn path(&self) -> String {
        format!("/people/{}", self.row.id)
    }
}

pub(super) async fn page(State(state): State<AppState>, Path(id): Path<String>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let person = Person::load(&state.engine.db, &id).await?;
    let practice = desk.practice()?;
    let body = html! {
        (stops(&desk, &person))
        (about(&desk, &person))
        nav.btw-jump aria-label="On this page" {
            @for (id, words) in [("timeline", "Messages"), ("record", "Record"), ("goals", "Goals"), ("appointments", "Appointments"),
                ("results", "Results"), ("contact", "Contact and consent"), ("programmes", "Programmes")] {
                a href={ "#" (id) } { (words) }
            }
        }
        (open_alerts(&desk, &person))
        div.btw-columns {
            div { (timeline::section(&desk, &person)) }
            div {
                (record::section(&desk, &person))
                (care::goals(&person))
                (care::appointments(&desk, &person))
                (care::results(&desk, &person))
                (contact::section(&desk, &person))
                (contact::programmes(&desk, &person, practice))
            }
        }
    };
    let title = name(&person.row.family_name, &person.row.given_name);
    Ok(desk.page(&title, Menu::People, &person.path(), &body))
}

/// What stops messages to this person, before anything else on the page.
fn stops(desk: &Desk, person: &Person) -> Markup {
    let row = &person.row;
    let paused = row.paused_until.filter(|until| *until > desk.now);
    let mut lines: Vec<Markup> = Vec::new();
    if row.deceased {
        lines.push(html! { "This person has died. Nothing is sent." });
    }
    if row.unsafe_contact {
        lines.push(html! {
            strong { "Somebody else may read this person's messages. " }
            "Nothing at all is sent. Do not text or email: find a safe way to speak to them."
            form.btw-inline method="post" action={ (person.path()) "/safe-contact" } {
                button.nhsuk-button.nhsuk-button--warning { "It is safe to contact them again" }
            }
        });
    }
    if !row.registered {
        lines.push(html! { "No longer registered here. Nothing is sent." });
    }
    if row.sensitive {
        lines.push(html! { "The record is marked sensitive. Nothing is sent." });
    }
    if !row.textable {
        lines.push(html! { "Without a valid NHS number and date of birth nothing is sent." });
    }
    let stopping: Vec<&str> =
        person.tags.iter().map(|t| t.tag.as_str()).filter(|t| STOPPING_TAGS.contains(t)).collect();
    if !stopping.is_empty() {
        lines.push(html! { "Stopped by a tag on the record: " (stopping.join(", ").replace('_', " ")) "." });
    }
    if let Some(until) = paused {
        lines.push(html! {
            "Paused until " (desk.stamp(until)) ". " (row.pause_reason.as_deref().unwrap_or_default())
            form.btw-inline method="post" action={ (person.path()) "/resume" } {
                button.nhsuk-button.nhsuk-button--secondary { "Let messages go on" }
            }
        });
    }
    html! {
        @if !lines.is_empty() {
            div.nhsuk-warning-callout { h2.nhsuk-warning-callout__label { "Before you contact this person" } @for line in &lines { div { (line) } } }
        }
    }
}

fn about(desk: &Desk, person: &Person) -> Markup {
    let row_ = &person.row;
    let years = row_.birth_date.as_deref().and_then(|d| d.parse().ok()).map(|born| age(born, desk.date(desk.now)));
    let by = row_.preferred_channel.as_deref().map(channel);
    html! {
        dl.nhsuk-summary-list.btw-about {
            (row("Born", &html! { (born(row_.birth_date.as_deref())) @if let Some(years) = years { " (" (years) " years)" } }))
            (row("NHS number", &html! { span.btw-number { (nhs(row_.nhs_number.as_deref())) } }))
            @if let Some(known_as) = &row_.known_as { (row("Known as", &html! { (known_as) })) }
            (row("Language", &html! { (language(&row_.language)) }))
            @if let Some(by) = by { (row("Prefers", &html! { (by) })) }
            @if !person.tags.is_empty() {
                (row("Tags", &html! { @for known in &person.tags { strong.nhsuk-tag.nhsuk-tag--grey { (known.tag.replace('_', " ")) } " " } }))
            }
            @if desk.is_demo() { (row("Their phone", &html! { a href={ "/phone/" (row_.id) } { "Read and answer as this person" } })) }
        }
    }
}

fn language(code: &str) -> String {
    match code {
        "en" | "" => "English".to_owned(),
        "cy" => "Welsh".to_owned(),
        "pl" => "Polish".to_owned(),
        "ur" => "Urdu".to_owned(),
        "bn" => "Bengali".to_owned(),
        "pa" => "Punjabi".to_owned(),
        other => other.to_owned(),
    }
}

fn open_alerts(desk: &Desk, person: &Person) -> Markup {
    let open: Vec<&AlertRow> = person.alerts.iter().filter(|a| a.status == "open").collect();
    let words = |alert: &AlertRow| {
        let id = alert.message_id.as_ref()?;
        person
            .messages
            .iter()
            .find(|m| m.message.id == *id && m.message.direction == "in")
            .and_then(|m| m.message.body.clone())
    };
    html! {
        @if !open.is_empty() {
            section aria-labelledby="alerts" {
                h2.nhsuk-heading-m id="alerts" { "Open alerts" }
                ul.btw-cards {
                    @for alert in open {
                        li {
                            (alerts::card(desk, &NamedAlert {
                                words: words(alert),
                                alert: alert.clone(),
                                family_name: Some(person.row.family_name.clone()),
                                given_name: Some(person.row.given_name.clone()),
                            }))
                        }
                    }
                }
            }
        }
    }
}

/// A heading, a list, and what stands there when it is empty.
fn list<T>(id: &str, title: &str, rows: &[T], nothing: (&str, &str), each: impl Fn(&T) -> Markup) -> Markup {
    html! {
        section.btw-section aria-labelledby=(id) {
            h2.nhsuk-heading-m id=(id) { (title) }
            @if rows.is_empty() { (empty(nothing.0, nothing.1)) } @else { @for row in rows { (each(row)) } }
        }
    }
}
