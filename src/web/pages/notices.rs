//! What stands above the lists of today: gateways that do not work as usual, and a rise that a person must look at.

use super::desk::Desk;
use super::error::PageError;
use super::{acts, words};
use crate::web::AppState;
use axum::extract::State;
use axum::response::Redirect;
use maud::{Markup, html};

/// The notices of this moment; nothing when all is as usual.
pub(super) async fn of_now(state: &AppState, desk: &Desk) -> Result<Markup, PageError> {
    let standings = state.engine.standings().await?;
    let rise = state.engine.rise(&desk.practice_id).await?.filter(|rise| rise.stopped());
    Ok(html! {
        @for why in standings.iter().filter_map(|standing| standing.why.as_ref()) {
            p.nhsuk-inset-text { (why) }
        }
        @if let Some(rise) = rise {
            div.nhsuk-inset-text {
                p {
                    strong { "Far more messages than usual: sending stopped. " }
                    (words::count(rise.sent, "planned message", "planned messages")) " went today; it asks from " (rise.limit)
                    " on. Look at what waits below. Answers to patients still go."
                }
                form method="post" action="/rise" { button.nhsuk-button { "These are right: send today’s messages" } }
            }
        }
    })
}

/// A person says that today's messages are right.
pub(super) async fn release(State(state): State<AppState>) -> Result<Redirect, PageError> {
    let desk = Desk::open(&state).await?;
    acts::release_rise(&state, &desk.practice_id).await?;
    Ok(Redirect::to("/"))
}
