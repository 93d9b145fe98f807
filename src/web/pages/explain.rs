//! How a reply is read: the same reader as for real replies, without filing anything.

use super::desk::{Desk, Menu};
use super::error::PageError;
use super::parts::tag;
use super::reading::Read;
use crate::clock::instant;
use crate::domain::reply::{Channel, Context, Expects, Prompt, PromptKind, ReadingKind, understand};
use crate::web::AppState;
use axum::Form;
use axum::extract::State;
use chrono::TimeZone;
use maud::{Markup, html};
use serde::Deserialize;

/// More is not pasted by hand; the reader itself takes any length.
const MOST_CHARACTERS: usize = 8_000;

/// The questions that can be chosen: value, words.
const QUESTIONS: [(&str, &str); 9] = [
    ("none", "No question is open"),
    ("count", "On how many of the last 7 days …?"),
    ("yes_no", "Yes, no or some"),
    ("scale", "0 to 10"),
    ("agenda", "What matters most for your appointment?"),
    ("appointment", "Can you come?"),
    ("bp", "Your blood pressure"),
    ("weight", "Your weight"),
    ("glucose", "Your blood sugar"),
];

#[derive(Default, Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    text: String,
    #[serde(default)]
    question: String,
    #[serde(default)]
    channel: String,
}

pub(super) async fn page(State(state): State<AppState>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    Ok(show(&desk, &Ask { question: "count".to_owned(), ..Ask::default() }, None))
}

pub(super) async fn read(State(state): State<AppState>, Form(ask): Form<Ask>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let prompt = prompt(&desk, &ask.question);
    let cut: String = ask.text.replace("\r\n", "\n").chars().take(MOST_CHARACTERS).collect();
    let understood = understand(
        &cut,
        &Context {
            prompt: prompt.as_ref(),
            received_at: instant(desk.now),
            zone: desk.zone,
            channel: if ask.channel == "email" { Channel::Email } else { Channel::Sms },
            reader: &state.engine.reader,
        },
    );
    let json = serde_json::to_string(&understood).unwrap_or_default();
    let read = Read::parse(&json);
    let answer = html! {
        section aria-labelledby="answer" {
            h2.nhsuk-heading-m id="answer" { "How it is read" }
            blockquote.btw-words.btw-words--big { @if let Some(read) = &read { (read.marked(&cut)) } @else { (cut) } }
            @if let Some(read) = &read {
                p { strong { (read.sentence()) } " " (tag(read.route())) }
                @if understood.unsafe_contact() { p { strong { "Somebody else may read the messages: nothing at all would be sent, and staff would be told at once." } } }
                (read.reasons(&cut))
                @if let Some(sure) = read.confidence() { p.btw-quiet { "How sure the reader is: " (sure) "%. It never lowers what a person has to see." } }
            }
            details.nhsuk-details { summary.nhsuk-details__summary { "As data" } pre.btw-data tabindex="0" { (json) } }
        }
    };
    Ok(show(&desk, &Ask { text: cut, ..ask }, Some(&answer)))
}

fn show(desk: &Desk, ask: &Ask, answer: Option<&Markup>) -> Markup {
    let body = html! {
        p { "Type what somebody might answer. It is read by the same rules as a real reply; nothing is filed or sent." }
        form method="post" action="/explain" {
            div.nhsuk-form-group {
                label.nhsuk-label for="question" { "The question that is open" }
                select.nhsuk-select id="question" name="question" {
                    @for (value, words) in QUESTIONS { option value=(value) selected[value == ask.question] { (words) } }
                }
            }
            div.nhsuk-form-group {
                label.nhsuk-label for="channel" { "It comes by" }
                select.nhsuk-select id="channel" name="channel" {
                    option value="sms" { "Text" }
                    option value="email" selected[ask.channel == "email"] { "Email" }
                }
            }
            div.nhsuk-form-group {
                label.nhsuk-label for="text" { "The reply" }
                textarea.nhsuk-textarea id="text" name="text" rows="3" { (ask.text) }
            }
            button.nhsuk-button { "Read it" }
        }
        @if let Some(answer) = answer { (answer) }
    };
    desk.page("How a reply is read", Menu::Explain, "/explain", &body)
}

fn prompt(desk: &Desk, question: &str) -> Option<Prompt> {
    const WEEK_MS: i64 = 7 * 86_400_000;
    let reading = |reading| (PromptKind::Reading, Expects::Reading { reading });
    let (kind, expects) = match question {
        "count" => (PromptKind::GoalProgress, Expects::days_of_a_week()),
        "yes_no" => (PromptKind::GoalProgress, Expects::YesNoSome),
        "scale" => (PromptKind::Wellbeing, Expects::nought_to_ten()),
        "agenda" => (PromptKind::Agenda, Expects::Agenda { max_items: Some(3) }),
        "appointment" => {
            let starts = desk.zone.from_utc_datetime(&instant(desk.now + WEEK_MS).naive_utc()).fixed_offset();
            (PromptKind::Appointment, Expects::Appointment { starts_at: starts, with: None })
        }
        "bp" => reading(ReadingKind::Bp),
        "weight" => reading(ReadingKind::Weight),
        "glucose" => reading(ReadingKind::Glucose),
        _ => return None,
    };
    let text = QUESTIONS.iter().find(|(value, _)| *value == question).map_or("", |(_, words)| words).to_owned();
    Some(Prompt { kind, text, expects })
}
