//! The wording of every message, to read.

use super::desk::{Desk, Menu};
use super::error::PageError;
use super::parts::tag;
use super::words::{self, Tag};
use crate::catalogue::{Audience, MessageTemplate};
use crate::domain::sms;
use crate::web::AppState;
use axum::extract::State;
use maud::{Markup, html};

pub(super) async fn page(State(state): State<AppState>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let catalogue = &state.engine.catalogue;
    let of = |audience: Audience| catalogue.iter().filter(move |t| t.audience == audience);
    let body = html! {
        p {
            "Words in double brackets are filled in when a message goes. If one of them is not on record, nothing is sent and "
            "the reason is shown. Languages: " (catalogue.languages().join(", ")) "."
        }
        @for template in of(Audience::Patient) { (one(template)) }
        h2.nhsuk-heading-m { "To staff" }
        @for template in of(Audience::Staff) { (one(template)) }
    };
    Ok(desk.page("Wording", Menu::Wording, "/wording", &body))
}

fn one(template: &MessageTemplate) -> Markup {
    // The shipped language has the plain name as its place on the page, so that programmes can point at it.
    let id = if template.language == "en" {
        template.kind.clone()
    } else {
        format!("{}-{}", template.language, template.kind)
    };
    html! {
        article.nhsuk-card id=(id) {
            h3.nhsuk-heading-s {
                (words::message("", &template.kind))
                @if template.language != "en" { " (" (template.language) ")" }
                @if template.locked { " " (tag(Tag { words: "A clinician owns the words", colour: "orange" })) }
            }
            p.btw-quiet { (template.about) " Version " (template.version) "." }
            @if let Some(wording) = &template.sms {
                p { strong { "Text" } span.btw-quiet { " about " (words::count(sms::measure(&wording.source).segments as i64, "part", "parts")) } }
                p.btw-words.btw-words--template lang=(template.language) { (wording.source) }
            }
            @if let Some(body) = &template.email_body {
                details.nhsuk-details {
                    summary.nhsuk-details__summary { "Email" span.nhsuk-u-visually-hidden { " of " (template.kind.replace('_', " ")) } }
                    @if let Some(subject) = &template.email_subject { p { strong { "Subject: " } span lang=(template.language) { (subject.source) } } }
                    p.btw-words.btw-words--template lang=(template.language) { (body.source) }
                }
            }
        }
    }
}
