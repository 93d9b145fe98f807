//! People: find somebody, see who was heard from.

use super::desk::{Desk, Menu};
use super::error::PageError;
use super::parts::{empty, name, tag};
use super::words::{Tag, count};
use crate::domain::identifiers::NhsNumber;
use crate::store::views::lists::{self, PersonLine};
use crate::web::AppState;
use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

const PAGE: i64 = 50;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    find: String,
    #[serde(default)]
    page: i64,
}

pub(super) async fn page(State(state): State<AppState>, Query(search): Query<Search>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let find = search.find.trim();
    let number = search.page.clamp(0, 100_000);
    let digits = NhsNumber::parse(find).map(|n| n.digits()).unwrap_or_default();
    let mut people = lists::people(&state.engine.db, &desk.practice_id, find, &digits, number * PAGE, PAGE + 1).await?;
    let more = people.len() as i64 > PAGE;
    people.truncate(PAGE as usize);
    let body = html! {
        (search_form(find))
        @if people.is_empty() {
            @if find.is_empty() { (empty("Nobody is here yet.", "Import the practice's list of patients: between import patients.csv.")) }
            @else { (empty("Nobody was found.", "Try the beginning of the surname or first name, or all ten digits of the NHS number.")) }
        } @else {
            (table(&desk, &people, find))
            (pages(find, number, more))
        }
    };
    Ok(desk.page("People", Menu::People, "/people", &body))
}

fn search_form(find: &str) -> Markup {
    html! {
        form.btw-filter method="get" action="/people" role="search" {
            div.nhsuk-form-group {
                label.nhsuk-label for="find" { "Name or NHS number" }
                input.nhsuk-input id="find" name="find" type="search" value=(find) autocomplete="off";
            }
            button.nhsuk-button.nhsuk-button--secondary { "Find" }
        }
    }
}

fn table(desk: &Desk, people: &[PersonLine], find: &str) -> Markup {
    html! {
        table.nhsuk-table.btw-table {
            caption.nhsuk-table__caption { @if find.is_empty() { "Everybody, by surname" } @else { "Found for “" (find) "”" } }
            thead {
                tr {
                    th scope="col" { "Name" }
                    th scope="col" { "Born" }
                    th scope="col" { "NHS number" }
                    th scope="col" { "Messages" }
                    th scope="col" { "Next" }
                    th scope="col" { "Remarks" }
                }
            }
            tbody {
                @for person in people {
                    tr {
                        td data-label="Name" { a href={ "/people/" (person.id) } { (name(&person.family_name, &person.given_name)) } }
                        td data-label="Born" { (born(person.birth_date.as_deref())) }
                        td.btw-number data-label="NHS number" { (nhs(person.nhs_number.as_deref())) }
                        td data-label="Messages" { (count(person.sent, "sent", "sent")) ", " (count(person.received, "reply", "replies")) }
                        td data-label="Next" { @if let Some(at) = person.next_due { (desk.when(at)) } @else { "Nothing planned" } }
                        td data-label="Remarks" { (remarks(desk, person)) }
                    }
                }
            }
        }
    }
}

fn pages(find: &str, number: i64, more: bool) -> Markup {
    html! {
        @if number > 0 || more {
            nav.btw-days aria-label="Pages" {
                @if number > 0 { a rel="prev" href={ "/people?page=" (number - 1) "&find=" (encode(find)) } { "Page before" } }
                span { "Page " (number + 1) }
                @if more { a rel="next" href={ "/people?page=" (number + 1) "&find=" (encode(find)) } { "Next page" } }
            }
        }
    }
}

/// The text as it may stand in an address.
pub(super) fn encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// "3 May 1961".
pub(super) fn born(date: Option<&str>) -> String {
    date.and_then(|d| d.parse().ok()).map_or_else(|| "Not known".to_owned(), crate::domain::calendar::date_text)
}

/// "999 123 4567".
pub(super) fn nhs(number: Option<&str>) -> String {
    number.map_or_else(|| "None".to_owned(), |n| NhsNumber::parse(n).map_or_else(|_| n.to_owned(), |n| n.to_string()))
}

fn remarks(desk: &Desk, person: &PersonLine) -> Markup {
    let mut tags: Vec<Tag> = Vec::new();
    let mut mark = |is: bool, words, colour| {
        if is {
            tags.push(Tag { words, colour });
        }
    };
    mark(person.deceased, "Has died", "grey");
    mark(!person.registered, "Left", "grey");
    mark(person.unsafe_contact, "Unsafe contact", "red");
    mark(person.sensitive, "Sensitive", "red");
    mark(!person.textable, "Never texted", "grey");
    mark(person.paused_until.is_some_and(|until| until > desk.now), "Paused", "orange");
    html! { @for known in tags { (tag(known)) " " } }
}
