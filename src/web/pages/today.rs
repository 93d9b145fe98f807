//! Today: what is due next, what was sent, what was not, and why.

use super::desk::{Desk, Menu, long_day};
use super::error::PageError;
use super::parts::{empty, person_link, tag};
use super::words;
use crate::domain::calendar::resolve;
use crate::store::views::lists::{self, NamedMessage, Part};
use crate::web::AppState;
use axum::extract::{Query, State};
use chrono::{Days, NaiveDate, NaiveTime};
use maud::{Markup, html};
use serde::Deserialize;

/// How many lines a list shows before it says that there are more.
const LINES: i64 = 200;
/// How many of the coming messages are shown when no day was chosen.
const NEXT: i64 = 10;
/// How far ahead they may lie, in days.
const AHEAD_DAYS: u64 = 14;

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    day: String,
    #[serde(default)]
    show: String,
}

pub(super) async fn page(State(state): State<AppState>, Query(filter): Query<Filter>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let today = desk.date(desk.now);
    let day: NaiveDate = filter.day.parse().unwrap_or(today);
    let midnight = |date: NaiveDate| resolve(desk.zone, date.and_time(NaiveTime::MIN)).timestamp_millis();
    let (from, until) = (midnight(day), midnight(day.succ_opt().unwrap_or(day)));
    let db = &state.engine.db;
    let is_today = day == today;
    let wants = |part: &str| filter.show.is_empty() || filter.show == part;
    let waiting = if !wants("waiting") {
        Vec::new()
    } else if is_today {
        let end = today.checked_add_days(Days::new(AHEAD_DAYS)).map_or(until, midnight);
        lists::ledger(db, &desk.practice_id, Part::Waiting, 0, end, if filter.show.is_empty() { NEXT } else { LINES })
            .await?
    } else {
        lists::ledger(db, &desk.practice_id, Part::Waiting, from, until, LINES).await?
    };
    let sent = if wants("sent") {
        lists::ledger(db, &desk.practice_id, Part::Sent, from, until, LINES).await?
    } else {
        Vec::new()
    };
    let not_sent = if wants("not_sent") {
        lists::ledger(db, &desk.practice_id, Part::NotSent, from, until, LINES).await?
    } else {
        Vec::new()
    };
    let counts = crate::store::views::counts(db, &desk.practice_id, from, until).await?;
    let named = if is_today { "today".to_owned() } else { format!("on {}", long_day(day)) };
    let guest = match &state.demo {
        Some(demo) if is_today => crate::store::patients::get(db, demo.guest()).await?,
        _ => None,
    };
    let notices = if is_today { Some(super::notices::of_now(&state, &desk).await?) } else { None };
    let body = html! {
        @if let Some(person) = guest {
            p.nhsuk-inset-text {
                "New here? " a href={ "/phone/" (person.id) } { "Pick up " (person.given_name) "’s phone" }
                ", answer as she would, and watch her record change. Then move the clock on."
            }
        }
        @if let Some(notices) = notices { (notices) }
        (tiles(&desk, &counts, is_today))
        (filter_form(day, today, &filter.show))
        @if wants("waiting") {
            (section(&desk, if is_today { "What is due next" } else { "What is due on that day" }, &waiting, Shows::Due,
                &empty("Nothing waits here.", "Import appointments, or enrol people in a programme, and what they will get is planned within seconds.")))
            @if is_today && waiting.len() as i64 == NEXT { p { a href="/?show=waiting" { "Everything that is due in the next " (AHEAD_DAYS) " days" } } }
        }
        @if wants("not_sent") {
            (section(&desk, &format!("Not sent {named}, and why"), &not_sent, Shows::Why,
                &empty("Nothing was held back.", "What is not sent would stand here with its reason.")))
        }
        @if wants("sent") {
            (section(&desk, &format!("Sent {named}"), &sent, Shows::Text,
                &empty("Nothing was sent yet.", if desk.is_demo() { "Move the clock on with the buttons above." } else { "What goes out appears here at once." })))
        }
    };
    let title = if is_today { "Today".to_owned() } else { long_day(day) };
    let path = if is_today { "/".to_owned() } else { format!("/?day={day}") };
    Ok(desk.page(&title, Menu::Today, &path, &body))
}

fn tiles(desk: &Desk, counts: &[(String, String, i64)], is_today: bool) -> Markup {
    let sum = |statuses: &[&str]| {
        counts.iter().filter(|(status, ..)| statuses.contains(&status.as_str())).map(|(.., n)| n).sum::<i64>()
    };
    let day = if is_today { "today" } else { "that day" };
    let of_day = [
        (sum(&["planned", "queued", "sending"]), format!("still to go {day}"), "#due"),
        (sum(&["accepted", "delivered"]), format!("sent {day}"), "#sent"),
        (
            sum(&["held", "skipped", "cancelled", "failed", "undelivered", "unknown"]),
            format!("not sent {day}"),
            "#not-sent",
        ),
    ];
    html! {
        ul.btw-tiles {
            @for (number, words, link) in &of_day {
                li { a href=(link) { strong { (number) } span { (words) } } }
            }
            li.btw-tiles__warn[desk.counts.alerts_urgent > 0] {
                a href="/alerts" {
                    strong { (desk.counts.alerts_open) }
                    span { @if desk.counts.alerts_urgent > 0 { "open alerts, " (desk.counts.alerts_urgent) " urgent" } @else { "open alerts" } }
                }
            }
            li { a href="/inbox" { strong { (desk.counts.inbox) } span { "replies to read" } } }
        }
    }
}

fn filter_form(day: NaiveDate, today: NaiveDate, show: &str) -> Markup {
    let link = |date: Option<NaiveDate>| date.map_or_else(String::new, |d| format!("/?day={d}&show={show}"));
    html! {
        form.btw-filter method="get" action="/" role="search" aria-label="Choose a day and what to show" {
            div.nhsuk-form-group {
                label.nhsuk-label for="day" { "Day" }
                input.nhsuk-input type="date" id="day" name="day" value=(day);
            }
            div.nhsuk-form-group {
                label.nhsuk-label for="show" { "Show" }
                select.nhsuk-select id="show" name="show" {
                    @for (value, words) in [("", "Everything"), ("waiting", "Still to go"), ("sent", "Sent"), ("not_sent", "Not sent")] {
                        option value=(value) selected[value == show] { (words) }
                    }
                }
            }
            button.nhsuk-button.nhsuk-button--secondary { "Show" }
            nav.btw-days aria-label="Days" {
                a href=(link(day.pred_opt())) { "Day before" }
                @if day != today { a href="/" { "Today" } }
                a href=(link(day.succ_opt())) { "Day after" }
            }
        }
    }
}

/// What the last column of a list tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Due,
    Why,
    Text,
}

fn section(desk: &Desk, title: &str, rows: &[NamedMessage], shows: Shows, nothing: &Markup) -> Markup {
    let id = match shows {
        Shows::Due => "due",
        Shows::Why => "not-sent",
        Shows::Text => "sent",
    };
    html! {
        section.btw-section aria-labelledby=(id) {
            h2.nhsuk-heading-m id=(id) { (title) }
            @if rows.is_empty() { (nothing) } @else {
                @for (date, rows) in by_day(desk, rows) { (table(desk, date, &rows, shows)) }
                @if rows.len() as i64 >= LINES { p { "Only the first " (LINES) " are shown: choose a day or what to show." } }
            }
        }
    }
}

fn by_day<'a>(desk: &Desk, rows: &'a [NamedMessage]) -> Vec<(NaiveDate, Vec<&'a NamedMessage>)> {
    let mut days: Vec<(NaiveDate, Vec<&NamedMessage>)> = Vec::new();
    for row in rows {
        let date = desk.date(row.message.due_at);
        match days.last_mut() {
            Some((last, list)) if *last == date => list.push(row),
            _ => days.push((date, vec![row])),
        }
    }
    days
}

fn table(desk: &Desk, date: NaiveDate, rows: &[&NamedMessage], shows: Shows) -> Markup {
    html! {
        table.nhsuk-table.btw-table {
            caption.nhsuk-table__caption { (long_day(date)) }
            thead {
                tr {
                    th scope="col" { "Time" }
                    th scope="col" { "Person" }
                    th scope="col" { "Message" }
                    th scope="col" { "Status" }
                    @if shows != Shows::Due { th scope="col" { @if shows == Shows::Why { "Why" } @else { "The text" } } }
                }
            }
            tbody {
                @for NamedMessage { message, family_name, given_name, .. } in rows {
                    tr {
                        td data-label="Time" { (desk.time(message.due_at)) }
                        td data-label="Person" { (who(message, family_name.as_deref(), given_name.as_deref())) }
                        td data-label="Message" { a href={ "/messages/" (message.id) } { (words::message(&message.kind, &message.template)) } }
                        td data-label="Status" { (tag(words::status(&message.status))) }
                        @match shows {
                            Shows::Due => {}
                            Shows::Why => { td data-label="Why" { (words::reason(&message.reason).unwrap_or("No reason is recorded.")) } }
                            Shows::Text => {
                                td.btw-words data-label="The text" {
                                    (message.body.as_deref().unwrap_or_default())
                                    @if let Some(channel) = &message.channel { " " span.btw-quiet { "(" (words::channel(channel)) ")" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn who(message: &crate::store::views::MessageView, family: Option<&str>, given: Option<&str>) -> Markup {
    if message.patient_id.is_none() && message.kind == "staff_message" {
        return html! { "Staff" };
    }
    person_link(message.patient_id.as_deref(), family, given)
}
