//! How the person is reached, what they agreed to, pauses and programmes.

use super::Person;
use crate::domain::identifiers::PhoneNumber;
use crate::domain::message::Purpose;
use crate::domain::programme::Who;
use crate::outreach::PracticeState;
use crate::store::consents::ConsentRow;
use crate::store::contacts::ContactPointRow;
use crate::web::pages::desk::Desk;
use crate::web::pages::parts::{empty, tag};
use crate::web::pages::words::{self, Tag};
use maud::{Markup, html};

pub(super) fn section(desk: &Desk, person: &Person) -> Markup {
    html! {
        section.btw-section aria-labelledby="contact" {
            h2.nhsuk-heading-m id="contact" { "Contact and consent" }
            @if person.contacts.is_empty() { (empty("No number and no address.", "Ask the person for one and add it in the record system; it comes with the next import.")) }
            @else { (contacts(&person.contacts)) }
            (consents(desk, &person.consents))
            (consent_form(person))
            (pause_form(person))
        }
    }
}

/// "07700 900123", or the address as it is.
pub(in crate::web::pages) fn address(channel: &str, address: &str) -> String {
    if channel == "sms" {
        PhoneNumber::parse(address).map_or_else(|_| address.to_owned(), |n| n.display())
    } else {
        address.to_owned()
    }
}

fn contacts(rows: &[ContactPointRow]) -> Markup {
    html! {
        ul.btw-plain {
            @for point in rows {
                li { (words::channel(&point.channel)) " " span.btw-number { (address(&point.channel, &point.address)) } " " (tag(words::contact_status(&point.status))) }
            }
        }
    }
}

fn consents(desk: &Desk, rows: &[ConsentRow]) -> Markup {
    html! {
        @if rows.is_empty() {
            p.btw-quiet {
                "Nothing is recorded. Messages about the person's own care go out until they say no; home readings and result "
                "values need a recorded yes."
            }
        } @else {
            table.nhsuk-table.btw-table {
                caption.nhsuk-table__caption { "What the person said, newest first" }
                thead { tr { th scope="col" { "When" } th scope="col" { "Topic" } th scope="col" { "By" } th scope="col" { "Answer" } th scope="col" { "Source" } } }
                tbody {
                    @for row in rows.iter().rev() {
                        tr {
                            td data-label="When" { (desk.when(row.at)) }
                            td data-label="Topic" { (words::purpose(&row.purpose)) }
                            td data-label="By" { (words::channel(&row.channel)) }
                            td data-label="Answer" {
                                (tag(if row.decision == "granted" { Tag { words: "Yes", colour: "green" } } else { Tag { words: "No", colour: "red" } }))
                            }
                            td data-label="Source" {
                                (row.source)
                                @if let Some(message) = &row.message_id { " " a href={ "/messages/" (message) } { "message" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn consent_form(person: &Person) -> Markup {
    html! {
        details.nhsuk-details {
            summary.nhsuk-details__summary { "Record what the person said" }
            form method="post" action={ (person.path()) "/consent" } {
                div.nhsuk-form-group {
                    label.nhsuk-label for="purpose" { "About" }
                    select.nhsuk-select id="purpose" name="purpose" {
                        @for purpose in Purpose::ALL { option value=(purpose.as_str()) { (words::purpose(purpose.as_str())) } }
                    }
                }
                div.nhsuk-form-group {
                    label.nhsuk-label for="channel" { "By" }
                    select.nhsuk-select id="channel" name="channel" {
                        @for channel in ["any", "sms", "email"] { option value=(channel) { (words::channel(channel)) } }
                    }
                }
                div.nhsuk-form-group {
                    label.nhsuk-label for="source" { "Where they said it" }
                    input.nhsuk-input id="source" name="source" required maxlength="120" placeholder="At the desk, by phone …";
                }
                div.btw-buttons {
                    button.nhsuk-button name="decision" value="granted" { "They said yes" }
                    button.nhsuk-button.nhsuk-button--secondary name="decision" value="refused" { "They said no" }
                }
            }
        }
    }
}

fn pause_form(person: &Person) -> Markup {
    html! {
        details.nhsuk-details {
            summary.nhsuk-details__summary { "Pause messages" }
            form method="post" action={ (person.path()) "/pause" } {
                div.nhsuk-form-group {
                    label.nhsuk-label for="until" { "Until and including" }
                    input.nhsuk-input id="until" name="until" type="date" required;
                }
                div.nhsuk-form-group {
                    label.nhsuk-label for="reason" { "Reason, for staff" }
                    input.nhsuk-input id="reason" name="reason" required maxlength="120";
                }
                button.nhsuk-button.nhsuk-button--secondary { "Pause" }
            }
        }
    }
}

pub(super) fn programmes(desk: &Desk, person: &Person, practice: &PracticeState) -> Markup {
    let title = |name: &str| practice.programme(name).map_or_else(|| name.to_owned(), |p| p.title.clone());
    html! {
        section.btw-section aria-labelledby="programmes" {
            h2.nhsuk-heading-m id="programmes" { "Programmes" }
            @if person.enrolments.is_empty() { (empty("In no programme.", "Enrol the person below, with their consent.")) }
            @for row in &person.enrolments {
                article.nhsuk-card {
                    h3.nhsuk-heading-s { (title(&row.programme)) " " (tag(if row.status == "active" { Tag { words: "Active", colour: "green" } } else { Tag { words: "Ended", colour: "grey" } })) }
                    p.btw-quiet {
                        "Since " (desk.day(row.started_at)) ". Consent: " (row.source) "."
                        @if row.silent > 0 { " " (words::count(row.silent, "question", "questions")) " in a row without an answer." }
                        @if let Some(why) = words::reason(&row.reason) { " " (why) }
                    }
                    @if let Some(goal) = person.goals.iter().find(|g| g.id == row.goal_id) { p { "Goal: “" (goal.words) "”" } }
                    @if row.status == "active" {
                        form method="post" action={ (person.path()) "/leave" } {
                            input type="hidden" name="programme" value=(row.programme);
                            button.nhsuk-button.nhsuk-button--secondary { "Take out" span.nhsuk-u-visually-hidden { " of " (title(&row.programme)) } }
                        }
                    }
                }
            }
            (enrol_form(person, practice))
        }
    }
}

fn enrol_form(person: &Person, practice: &PracticeState) -> Markup {
    html! {
        details.nhsuk-details {
            summary.nhsuk-details__summary { "Enrol in a programme" }
            form method="post" action={ (person.path()) "/enrol" } {
                div.nhsuk-form-group {
                    label.nhsuk-label for="programme" { "Programme" }
                    select.nhsuk-select id="programme" name="programme" {
                        @for programme in practice.programmes.iter().filter(|p| p.who == Who::Enrolled) { option value=(programme.name) { (programme.title) } }
                    }
                }
                @if !person.goals.is_empty() {
                    div.nhsuk-form-group {
                        label.nhsuk-label for="goal" { "Goal" }
                        div.nhsuk-hint id="goal-hint" { "For goal check-ins only." }
                        select.nhsuk-select id="goal" name="goal" aria-describedby="goal-hint" {
                            option value="" { "None" }
                            @for goal in person.goals.iter().filter(|g| g.status == "active") { option value=(goal.id) { (goal.label) } }
                        }
                    }
                }
                div.nhsuk-form-group {
                    label.nhsuk-label for="enrol-source" { "Where the person agreed" }
                    input.nhsuk-input id="enrol-source" name="source" required maxlength="120";
                }
                button.nhsuk-button { "Enrol" }
            }
        }
    }
}
