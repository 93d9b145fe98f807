//! Goals, appointments with the person's agenda, and results.

use super::{Person, list};
use crate::domain::calendar::date_text;
use crate::store::appointments::AppointmentRow;
use crate::store::goals::GoalRow;
use crate::store::results::TestResultRow;
use crate::web::pages::desk::Desk;
use crate::web::pages::parts::{row, tag};
use crate::web::pages::words::{self, Tag};
use maud::{Markup, html};

pub(super) fn goals(person: &Person) -> Markup {
    let nothing =
        ("No goals.", "Agree one at an appointment and import it, with the person's own words and a short label.");
    list("goals", "Goals", &person.goals, nothing, goal)
}

fn goal(goal: &GoalRow) -> Markup {
    let status = match goal.status.as_str() {
        "active" => Tag { words: "Active", colour: "green" },
        "completed" => Tag { words: "Reached", colour: "blue" },
        "proposed" => Tag { words: "Proposed", colour: "yellow" },
        _ => Tag { words: "At rest", colour: "grey" },
    };
    let day = |text: &Option<String>| text.as_deref().and_then(|d| d.parse().ok()).map(date_text);
    html! {
        article.nhsuk-card {
            h3.nhsuk-heading-s { "“" (goal.words) "” " (tag(status)) }
            dl.nhsuk-summary-list {
                (row("In texts", &html! { (goal.label) }))
                @if !goal.plan.is_empty() { (row("Plan", &html! { (goal.plan) })) }
                @if let Some(target) = goal.target { (row("Target", &html! { (target) " " (goal.unit) " a week" })) }
                @if let Some(sure) = goal.confidence { (row("How sure", &html! { (sure) " out of 10" })) }
                @if let Some(agreed) = day(&goal.agreed_on) { (row("Agreed", &html! { (agreed) })) }
                @if let Some(review) = day(&goal.review_on) { (row("Review", &html! { (review) })) }
            }
        }
    }
}

pub(super) fn appointments(desk: &Desk, person: &Person) -> Markup {
    let nothing = ("No appointments.", "Import the appointment list; messages around each are planned by themselves.");
    list("appointments", "Appointments", &person.appointments, nothing, |one| appointment(desk, person, one))
}

fn appointment(desk: &Desk, person: &Person, appointment: &AppointmentRow) -> Markup {
    let agenda: Vec<_> = person.agenda.iter().filter(|item| item.appointment_id == appointment.id).collect();
    let coming = appointment.status == "booked" && appointment.starts_at > desk.now;
    html! {
        article.nhsuk-card {
            h3.nhsuk-heading-s { (desk.stamp(appointment.starts_at)) " " (tag(words::appointment_status(&appointment.status))) }
            p { (words::capital(&appointment.kind.replace('_', " "))) " with " (appointment.clinician) }
            @if !agenda.is_empty() {
                p { strong { "What matters to the person, in their order" } }
                ol.btw-agenda { @for item in agenda { li.btw-words { (item.words) } } }
            } @else if coming { p.btw-quiet { "The person has not said yet what they want to talk about." } }
        }
    }
}

pub(super) fn results(desk: &Desk, person: &Person) -> Markup {
    let nothing = ("No results.", "Imported results appear here, held until a clinician releases them.");
    list("results", "Results", &person.results, nothing, |one| result(desk, one))
}

fn result(desk: &Desk, result: &TestResultRow) -> Markup {
    let reasons: Vec<String> = serde_json::from_str(&result.hold_reasons).unwrap_or_default();
    let converted = result.original_unit != result.unit && !result.original_unit.is_empty();
    html! {
        article.nhsuk-card id={ "result-" (result.id) } {
            h3.nhsuk-heading-s { (result.display) ": " (result.value) " " (result.unit) " " (tag(words::result_state(&result.state))) }
            p.btw-quiet {
                "Taken " (desk.day(result.taken_at)) ". "
                @match (result.reference_low, result.reference_high) {
                    (Some(low), Some(high)) => { "Laboratory range " (low) " to " (high) ". " }
                    (Some(low), None) => { "Laboratory range from " (low) ". " }
                    (None, Some(high)) => { "Laboratory range up to " (high) ". " }
                    (None, None) => { "No laboratory range. " }
                }
                @if converted { "As it came: " (result.original_value) " " (result.original_unit) ". " }
                @if !result.flag.is_empty() { "Laboratory flag: " (result.flag) ". " }
            }
            @match result.state.as_str() {
                "held" => {
                    @if !reasons.is_empty() { ul { @for reason in &reasons { li { (words::hold_reason(reason)) } } } }
                    p.btw-quiet {
                        "Held for " (result.hold_owner)
                        @if let Some(due) = result.hold_due_at { ", to be looked at by " (desk.day(due)) }
                        ". The person hears nothing of it until it is released."
                    }
                }
                "released" => {
                    p.btw-quiet {
                        "Released by " (result.released_by.as_deref().unwrap_or("a clinician"))
                        @if let Some(at) = result.released_at { ", " (desk.stamp(at)) }
                        ". The text says that results are ready; the value is never in it."
                    }
                }
                _ => { p.btw-quiet { "Withdrawn: it counts for nothing." } }
            }
            @if result.state != "withdrawn" { (result_form(result)) }
        }
    }
}

fn result_form(result: &TestResultRow) -> Markup {
    let field = format!("by-{}", result.id);
    let held = result.state == "held";
    html! {
        details.nhsuk-details {
            summary.nhsuk-details__summary {
                @if held { "Release or withdraw" } @else { "Hold again or withdraw" }
                span.nhsuk-u-visually-hidden { " " (result.display) }
            }
            form method="post" action={ "/results/" (result.id) } {
                div.nhsuk-form-group {
                    label.nhsuk-label for=(field) { "Your name, as the clinician who decides" }
                    input.nhsuk-input id=(field) name="by" required maxlength="80" autocomplete="name";
                }
                @if held {
                    div.nhsuk-form-group {
                        label.nhsuk-label for={ "second-" (result.id) } {
                            "Second person, when no result of this test was released before"
                        }
                        input.nhsuk-input id={ "second-" (result.id) } name="second" maxlength="80";
                    }
                }
                div.btw-buttons {
                    @if held { button.nhsuk-button name="to" value="release" { "Release" } }
                    @else { button.nhsuk-button.nhsuk-button--secondary name="to" value="hold" { "Hold again" } }
                    button.nhsuk-button.nhsuk-button--warning name="to" value="withdraw" { "Withdraw" }
                }
            }
        }
    }
}
