//! What the person told us, as entries, each beside the text it came from and in a line to copy.

use super::Person;
use crate::clock::instant;
use crate::domain::calendar::local;
use crate::store::record::{AgendaItemRow, RecordEntryRow};
use crate::web::pages::desk::Desk;
use crate::web::pages::parts::{back_field, empty, tag};
use crate::web::pages::words;
use maud::{Markup, html};

pub(super) fn section(desk: &Desk, person: &Person) -> Markup {
    let newest_first: Vec<&RecordEntryRow> = person.entries.iter().rev().collect();
    let mut agendas: Vec<Vec<&AgendaItemRow>> = Vec::new();
    for item in &person.agenda {
        match agendas.last_mut() {
            Some(last) if last.first().is_some_and(|i| i.appointment_id == item.appointment_id) => last.push(item),
            _ => agendas.push(vec![item]),
        }
    }
    html! {
        section.btw-section aria-labelledby="record" {
            h2.nhsuk-heading-m id="record" { "Record" }
            @if newest_first.is_empty() && agendas.is_empty() {
                (empty("Nothing was recorded yet.", "What the person texts or emails in answer to a question is filed here."))
            }
            @for items in &agendas { (agenda(desk, person, items)) }
            @for entry in newest_first { (one(desk, person, entry)) }
        }
    }
}

/// What the person wants to talk about at one appointment.
fn agenda(desk: &Desk, person: &Person, items: &[&AgendaItemRow]) -> Markup {
    let Some(first) = items.first() else { return Markup::default() };
    let said: Vec<String> = items.iter().map(|i| format!("({}) \"{}\"", i.position, i.words)).collect();
    let what = format!("would like to talk about {}", said.join(" "));
    let line =
        copy_line(desk, first.created_at, channel_of(person, Some(&first.message_id)), &what, "patient reported");
    html! {
        article.nhsuk-card.btw-entry {
            h3.nhsuk-heading-s { "To talk about: " (words::count(items.len() as i64, "thing", "things")) " " (tag(words::filed("auto"))) }
            p.btw-quiet { (desk.stamp(first.created_at)) ", in the person's order, under the appointment below." }
            (copy_field(&format!("copy-{}", first.id), &line))
        }
    }
}

fn one(desk: &Desk, person: &Person, entry: &RecordEntryRow) -> Markup {
    let by = if entry.filed == "to_confirm" { "patient reported, not yet confirmed" } else { "patient reported" };
    let channel = channel_of(person, entry.message_id.as_ref());
    let line = copy_line(desk, entry.effective_at, channel, &what(entry), by);
    html! {
        article.nhsuk-card.btw-entry id={ "entry-" (entry.id) } {
            h3.nhsuk-heading-s { (what(entry)) " " (tag(words::filed(&entry.filed))) }
            p.btw-quiet {
                (desk.stamp(entry.effective_at)) ", in the person's words: "
                @if let Some(message) = &entry.message_id { a href={ "#m-" (message) } { q.btw-words { (entry.original_text) } } }
                @else { q.btw-words { (entry.original_text) } }
            }
            @if entry.filed == "rejected" { p.btw-quiet { "Rejected by staff: not part of the record." } } @else {
                (copy_field(&format!("copy-{}", entry.id), &line))
            }
            @if entry.filed == "to_confirm" {
                div.btw-buttons {
                    form method="post" action={ "/entries/" (entry.id) } {
                        (back_field(&format!("/people/{}#entry-{}", person.row.id, entry.id)))
                        button.nhsuk-button name="to" value="confirm" { "Confirm" }
                        button.nhsuk-button.nhsuk-button--secondary name="to" value="reject" { "Reject" }
                    }
                }
            }
        }
    }
}

/// "Goal check-in: 4 days".
pub fn what(entry: &RecordEntryRow) -> String {
    let name = match entry.kind.as_str() {
        "check_in" => "Goal check-in",
        "confirmation" => "Appointment",
        "confidence" => "How sure (0 to 10)",
        "choice" => "Chose",
        "reading" => match entry.code.split('#').next().unwrap_or_default() {
            "bp" => "Blood pressure",
            "weight" => "Weight",
            "glucose" => "Blood glucose",
            "peak_flow" => "Peak flow",
            "steps" => "Steps",
            "hba1c" => "HbA1c",
            "temperature" => "Temperature",
            "spo2" => "Oxygen level",
            _ => "Reading",
        },
        _ => "Entry",
    };
    format!("{name}: {} {}", entry.value, unit(&entry.unit)).trim_end().to_owned()
}

fn unit(ucum: &str) -> &str {
    match ucum {
        "mm[Hg]" => "mmHg",
        "{score}" => "",
        other => other,
    }
}

fn channel_of<'a>(person: &'a Person, message_id: Option<&String>) -> &'a str {
    let message = person.messages.iter().find(|m| Some(&m.message.id) == message_id);
    message.and_then(|m| m.message.channel.as_deref()).unwrap_or("sms")
}

fn copy_field(id: &str, line: &str) -> Markup {
    html! {
        div.nhsuk-form-group {
            label.nhsuk-label for=(id) { "Line to copy into the record" }
            input.nhsuk-input.btw-copy id=(id) type="text" readonly value=(line);
        }
    }
}

/// `24 Nov 2026 text: Blood pressure 138/82 mmHg (patient reported)`: one line whatever the person wrote.
fn copy_line(desk: &Desk, at: i64, channel: &str, what: &str, by: &str) -> String {
    let date = local(instant(at), desk.zone).date().format("%-d %b %Y");
    let way = if channel == "email" { "email" } else { "text" };
    let words: String = what.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{date} {way}: {} ({by})", words.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_named_with_its_value_and_plain_unit() {
        let bp = RecordEntryRow {
            kind: "reading".into(),
            code: "bp#2".into(),
            value: "138/82".into(),
            unit: "mm[Hg]".into(),
            ..RecordEntryRow::default()
        };
        assert_eq!(what(&bp), "Blood pressure: 138/82 mmHg");
        let yes = RecordEntryRow { kind: "confirmation".into(), value: "coming".into(), ..RecordEntryRow::default() };
        assert_eq!(what(&yes), "Appointment: coming");
    }
}
