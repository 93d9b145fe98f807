//! The demo's phones: a person's texts and emails as they see them, and a box to answer. What is typed takes the real way
//! in: received, committed, understood, answered.

use super::desk::{Desk, Menu};
use super::error::PageError;
use super::parts::{empty, name, tag};
use super::people::encode;
use super::person::address;
use super::reading::Read;
use super::words::{self, count};
use crate::intake::Inbound;
use crate::store;
use crate::store::contacts::ContactPointRow;
use crate::store::patients::PatientRow;
use crate::store::record::{AgendaItemRow, RecordEntryRow};
use crate::store::views::lists::{self, NamedMessage};
use crate::store::views::person as views;
use crate::web::AppState;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

/// The demo's gateway.
const SANDBOX: &str = "sandbox";
/// How many messages a phone shows.
const LINES: i64 = 60;
const CHOICES: i64 = 40;

/// Things people write, to type into the box: each goes through the same reader as any other words.
const TRY: [(&str, &str); 12] = [
    ("4 days", "answers a check-in"),
    ("about 3 or 4 I think", "answers it less exactly"),
    ("my sleep, the new tablets and my knee", "says what matters at the appointment"),
    ("138/82", "a blood pressure"),
    ("11 stone 4", "a weight, the old way"),
    ("yes thanks", "says yes"),
    ("can I come Thursday instead?", "wants another time"),
    ("chest pain since this morning", "danger: answered at once, staff alerted"),
    ("he reads my phone", "unsafe contact: nothing is sent at all"),
    ("wrong number mate", "somebody else has the number"),
    ("HELP", "how to reach the practice"),
    ("STOP", "stops everything on this channel; START brings it back"),
];

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    find: String,
}

/// Choose whose phone to look at.
pub(super) async fn choose(State(state): State<AppState>, Query(search): Query<Search>) -> Result<Markup, PageError> {
    let demo = state.demo.as_ref().ok_or(PageError::NotFound)?;
    let desk = Desk::open(&state).await?;
    let db = &state.engine.db;
    let guest = store::patients::get(db, demo.guest()).await?;
    let find = search.find.trim();
    let people = if find.is_empty() {
        lists::recently_heard(db, &desk.practice_id, CHOICES).await?
    } else {
        lists::people(db, &desk.practice_id, find, "", 0, CHOICES).await?
    };
    let body = html! {
        p { "Pick a person and read their texts and emails as they see them. What you type goes the same way as a real reply." }
        @if let Some(person) = guest {
            p.nhsuk-inset-text {
                a href={ "/phone/" (person.id) } { (person.given_name) " " (person.family_name) } " waits for you to answer. The others answer by themselves."
            }
        }
        form.btw-filter method="get" action="/phone" role="search" {
            div.nhsuk-form-group {
                label.nhsuk-label for="find" { "Name" }
                input.nhsuk-input id="find" name="find" type="search" value=(find) autocomplete="off";
            }
            button.nhsuk-button.nhsuk-button--secondary { "Find" }
        }
        @if people.is_empty() { (empty("Nobody was found.", "Try the beginning of the surname or first name.")) }
        ul.btw-people {
            @for person in &people {
                li {
                    a href={ "/phone/" (person.id) } { (name(&person.family_name, &person.given_name)) }
                    span.btw-quiet { (count(person.sent, "message", "messages")) ", " (count(person.received, "reply", "replies")) }
                }
            }
        }
    };
    Ok(desk.page("Whose phone?", Menu::Phone, &format!("/phone?find={}", encode(find)), &body))
}

/// One person's phone.
pub(super) async fn page(State(state): State<AppState>, Path(id): Path<String>) -> Result<Markup, PageError> {
    if state.demo.is_none() {
        return Err(PageError::NotFound);
    }
    let desk = Desk::open(&state).await?;
    let db = &state.engine.db;
    let person = store::patients::get(db, &id).await?.ok_or(PageError::NotFound)?;
    let contacts = views::contacts(db, &id).await?;
    let filed = Filed { entries: store::record::of_patient(db, &id).await?, agenda: views::agenda(db, &id).await? };
    let texts = on_device(&state, &contacts, "sms").await?;
    let emails = on_device(&state, &contacts, "email").await?;
    let body = html! {
        p.btw-lead {
            a href={ "/people/" (id) } { "See " (person.given_name) "’s record" }
            " · " a href="/phone" { "Choose another person" }
        }
        div.btw-phones {
            (device(&desk, &person, "sms", texts.as_ref()))
            @if emails.is_some() { (device(&desk, &person, "email", emails.as_ref())) }
            aside.btw-side aria-label="What the practice sees" { (latest(&desk, texts.as_ref(), emails.as_ref(), &filed)) (try_these()) }
        }
    };
    let title = format!("{}’s phone", person.known_as.as_deref().unwrap_or(&person.given_name));
    Ok(desk.page(&title, Menu::Phone, &format!("/phone/{id}"), &body))
}

/// What was made of the person's replies.
struct Filed {
    entries: Vec<RecordEntryRow>,
    agenda: Vec<AgendaItemRow>,
}

/// An address of the person and what lies there, oldest first.
struct Device {
    address: String,
    messages: Vec<NamedMessage>,
}

async fn on_device(state: &AppState, contacts: &[ContactPointRow], channel: &str) -> Result<Option<Device>, PageError> {
    let Some(point) = contacts.iter().find(|c| c.channel == channel && c.status != "old") else {
        return Ok(None);
    };
    let mut messages = lists::at_address(&state.engine.db, channel, &point.address, LINES).await?;
    messages.reverse();
    Ok(Some(Device { address: point.address.clone(), messages }))
}

fn device(desk: &Desk, person: &PatientRow, channel: &str, device: Option<&Device>) -> Markup {
    let (title, box_id, none) = if channel == "sms" {
        ("Texts", "reply-sms", "This person has no mobile number on record.")
    } else {
        ("Emails", "reply-email", "This person has no email address on record.")
    };
    html! {
        section class={ "btw-phone btw-phone--" (channel) } aria-labelledby={ "title-" (channel) } {
            h2.nhsuk-heading-s id={ "title-" (channel) } {
                (title)
                @if let Some(device) = device { span.btw-quiet { " " (address(channel, &device.address)) } }
            }
            @if let Some(device) = device {
                div.btw-screen tabindex="0" role="log" aria-label=(title) {
                    div {
                        @if device.messages.is_empty() { (empty("Nothing here yet.", "Move the clock on, or write first.")) }
                        @for named in &device.messages { (bubble(desk, named)) }
                    }
                }
                form method="post" action={ "/phone/" (person.id) } {
                    input type="hidden" name="channel" value=(channel);
                    label.nhsuk-label for=(box_id) { @if channel == "sms" { "Your text" } @else { "Your email" } }
                    textarea.nhsuk-textarea id=(box_id) name="text" rows=(if channel == "sms" { 2 } else { 3 }) required {}
                    button.nhsuk-button { @if channel == "sms" { "Send text" } @else { "Send email" } }
                }
            } @else { (empty(none, "Nothing can be sent to it.")) }
        }
    }
}

fn bubble(desk: &Desk, named: &NamedMessage) -> Markup {
    let message = &named.message;
    let own = message.direction == "in";
    let at = if own { message.created_at } else { message.sent_at.unwrap_or(message.due_at) };
    html! {
        div class={ "btw-bubble " (if own { "btw-bubble--own" } else { "btw-bubble--practice" }) } {
            span.nhsuk-u-visually-hidden { @if own { "You wrote: " } @else { "The practice wrote: " } }
            @if let Some(subject) = &message.subject { strong { (subject) } }
            p.btw-words { (message.body.as_deref().unwrap_or_default()) }
            span.btw-bubble__time { (desk.when(at)) }
        }
    }
}

/// How the newest reply was read and what was filed for it, so that the loop is seen without leaving the phone.
fn latest(desk: &Desk, texts: Option<&Device>, emails: Option<&Device>, filed: &Filed) -> Markup {
    let newest = texts
        .into_iter()
        .chain(emails)
        .flat_map(|d| &d.messages)
        .filter(|m| m.message.direction == "in")
        .max_by_key(|m| (m.message.created_at, &m.message.id));
    html! {
        h2.nhsuk-heading-s { "What the practice sees" }
        @match newest {
            None => { (empty("No reply yet.", "Send one: how it was read and what was filed appears here.")) }
            Some(named) => {
                @let text = named.message.body.as_deref().unwrap_or_default();
                @let read = Read::parse(&named.facts);
                p.btw-quiet { "The newest reply, " (desk.stamp(named.message.created_at)) }
                blockquote.btw-words { @if let Some(read) = &read { (read.marked(text)) } @else { (text) } }
                @if let Some(read) = &read { p { "Read as " strong { (read.sentence()) } " " (tag(read.route())) } (read.reasons(text)) }
                p { (tag(words::status(&named.message.status))) " " (words::reason(&named.message.reason).unwrap_or_default()) }
                @for entry in filed.entries.iter().filter(|e| e.message_id.as_ref() == Some(&named.message.id)) {
                    p { "In the record: " strong { (super::person::what(entry)) } " " (tag(words::filed(&entry.filed))) }
                }
                @let items: Vec<_> = filed.agenda.iter().filter(|item| item.message_id == named.message.id).collect();
                @if !items.is_empty() {
                    p { "On the agenda of the appointment:" }
                    ol.btw-agenda { @for item in items { li.btw-words { (item.words) } } }
                }
                p { a href={ "/messages/" (named.message.id) } { "Everything about this reply" } }
            }
        }
    }
}

fn try_these() -> Markup {
    html! {
        details.nhsuk-details open {
            summary.nhsuk-details__summary { "Try these replies" }
            dl.btw-try { @for (words, what) in TRY { div { dt { (words) } dd { (what) } } } }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Reply {
    channel: String,
    text: String,
}

/// A reply from the phone: stored durably first, then read and answered.
pub(super) async fn reply(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Reply>,
) -> Result<Redirect, PageError> {
    let demo = state.demo.as_ref().ok_or(PageError::NotFound)?;
    if !matches!(form.channel.as_str(), "sms" | "email") {
        return Err(PageError::Form("Choose text or email."));
    }
    if form.text.trim().is_empty() {
        return Err(PageError::Form("Type something first."));
    }
    let contacts = views::contacts(&state.engine.db, &id).await?;
    let device = on_device(&state, &contacts, &form.channel).await?.ok_or(PageError::NotFound)?;
    demo.pass_a_moment().await;
    // An email goes back to the reply address of the last one, which carries the conversation's token.
    let answered = device.messages.iter().rev().find(|m| m.message.direction == "out");
    let email = form.channel == "email";
    let inbound = Inbound {
        gateway: SANDBOX.to_owned(),
        provider_reference: format!("phone-{}", state.engine.clock.id()),
        channel: form.channel,
        from: device.address,
        token: answered.filter(|_| email).map(|m| m.message.id.clone()),
        subject: answered.filter(|_| email).and_then(|m| m.message.subject.as_ref()).map(|s| format!("Re: {s}")),
        // Browsers send line ends as CR LF; a phone's are LF.
        text: form.text.replace("\r\n", "\n"),
    };
    state.receiver.submit(vec![inbound]).await.map_err(|_| PageError::Form("It could not be stored. Try again."))?;
    demo.settle().await?;
    Ok(Redirect::to(&format!("/phone/{id}")))
}
