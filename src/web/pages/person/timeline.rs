//! Every message in and out, as it was, newest first.

use super::Person;
use crate::store::views::lists::NamedMessage;
use crate::web::pages::desk::Desk;
use crate::web::pages::parts::{empty, tag};
use crate::web::pages::reading::Read;
use crate::web::pages::words;
use maud::{Markup, html};

/// How many coming messages are shown before what happened.
const COMING: usize = 8;

pub(super) fn section(desk: &Desk, person: &Person) -> Markup {
    let waits = |m: &&NamedMessage| matches!(m.message.status.as_str(), "planned" | "queued" | "sending" | "held");
    let mut coming: Vec<&NamedMessage> =
        person.messages.iter().filter(|m| m.message.direction == "out").filter(waits).collect();
    coming.sort_by_key(|m| m.message.due_at);
    let mut past: Vec<&NamedMessage> =
        person.messages.iter().rev().filter(|m| m.message.direction == "in" || !waits(m)).collect();
    past.sort_by_key(|m| std::cmp::Reverse(happened_at(m)));
    html! {
        section.btw-section aria-labelledby="timeline" {
            h2.nhsuk-heading-m id="timeline" { "Messages" }
            @if let Some(prompt) = &person.prompt {
                p.nhsuk-inset-text { "A question is open until " (desk.stamp(prompt.expires_at)) ": " q.btw-words { (prompt.body) } }
            }
            @if !coming.is_empty() {
                h3.nhsuk-heading-s { "To come" }
                ol.btw-coming {
                    @for named in coming.iter().take(COMING) {
                        li {
                            (desk.stamp(named.message.due_at)) ": "
                            a href={ "/messages/" (named.message.id) } { (words::message(&named.message.kind, &named.message.template)) } " "
                            (tag(words::status(&named.message.status)))
                            @if let Some(why) = words::reason(&named.message.reason) { " " span.btw-quiet { (why) } }
                        }
                    }
                    @if coming.len() > COMING { li.btw-quiet { "and " (coming.len() - COMING) " more" } }
                }
                h3.nhsuk-heading-s { "What happened" }
            }
            @if past.is_empty() { (empty("No messages yet.", "Enrol the person in a programme below, or wait for their next appointment.")) }
            @else { ol.btw-timeline { @for named in past { (one(desk, named)) } } }
        }
    }
}

/// When it came, went, or was called off: what was called off days before its time stands where that happened.
fn happened_at(named: &NamedMessage) -> i64 {
    let message = &named.message;
    if message.direction == "in" {
        return message.created_at;
    }
    message.sent_at.unwrap_or_else(|| message.due_at.min(message.updated_at))
}

fn one(desk: &Desk, named: &NamedMessage) -> Markup {
    let message = &named.message;
    let inbound = message.direction == "in";
    let at = happened_at(named);
    let text = message.body.as_deref().unwrap_or_default();
    let read = inbound.then(|| Read::parse(&named.facts)).flatten();
    html! {
        li class={ "btw-event " (if inbound { "btw-event--in" } else { "btw-event--out" }) } id={ "m-" (message.id) } {
            p.btw-event__head {
                strong { @if inbound { "From the person" } @else { (words::message(&message.kind, &message.template)) } }
                " " (tag(words::status(&message.status)))
            }
            p.btw-quiet {
                (desk.stamp(at))
                @if message.sent_at.is_none() && message.due_at > at { ", due " (desk.stamp(message.due_at)) }
                @if let Some(channel) = &message.channel { ", " (words::channel(channel)) }
                @if let Some(version) = &message.template_version { ", wording " (version) }
                " " a href={ "/messages/" (message.id) } { "Details" span.nhsuk-u-visually-hidden { " of this message" } }
            }
            @if let Some(subject) = &message.subject { p { "Subject: " (subject) } }
            @if !text.is_empty() {
                p.btw-words { @if let Some(read) = &read { (read.marked(text)) } @else { (text) } }
            }
            @if let Some(why) = words::reason(&message.reason) { p { (why) } }
            @if let Some(read) = &read {
                div.btw-read {
                    p { "Read as " strong { (read.sentence()) } " " (tag(read.route())) }
                    (read.reasons(text))
                }
            }
        }
    }
}
