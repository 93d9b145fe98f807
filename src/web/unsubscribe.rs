//! One-click unsubscribe (RFC 8058), for everybody who got an email from us: no sign-in, no cookie, no script. A GET only
//! shows a button, because scanners of mail follow every link; only a POST unsubscribes.

use super::AppState;
use crate::outreach::OutreachError;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// Nothing from elsewhere; the one form goes to this page itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const STYLE: &str = "body{font:1.2rem/1.5 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem;color:#212b32}\
    button{font:inherit;padding:.6rem 1.2rem;border:2px solid #005eb8;border-radius:4px;background:#005eb8;color:#fff}";

/// The page with the button.
pub(super) async fn ask(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    answer(state.engine.unsubscribe_link(&token).await, |practice| {
        html! {
            h1 { "Stop emails from " (practice) }
            p { "You will get no more emails from us. The practice will still contact you in other ways about your care." }
            form method="post" {
                input type="hidden" name="List-Unsubscribe" value="One-Click";
                button type="submit" { "Stop emails" }
            }
        }
    })
}

/// The click, by a person on the page or by their mail program. Whatever the body says: a no is never refused for its form.
pub(super) async fn done(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    answer(state.engine.unsubscribe(&token).await, |practice| {
        html! {
            h1 { "You will get no more emails" }
            p { (practice) " will send you no more emails. If you change your mind, tell the practice." }
        }
    })
}

fn answer(found: Result<Option<String>, OutreachError>, page: impl FnOnce(&str) -> Markup) -> Response {
    match found {
        Ok(Some(practice)) => show(StatusCode::OK, "Emails", &page(&practice)),
        Ok(None) => {
            tracing::warn!(code = "link_refused", "an unsubscribe link that is not ours");
            let body = html! {
                h1 { "This link does not work" }
                p { "It is not complete, or it was changed on the way. Open it from the email itself, or tell the practice that you want no more emails." }
            };
            show(StatusCode::NOT_FOUND, "Link not found", &body)
        }
        Err(_) => {
            tracing::error!(code = "unsubscribe_failed", "an unsubscribe link could not be followed");
            let body = html! {
                h1 { "Sorry, this did not work just now" }
                p { "Nothing was changed. Please try again in a few minutes." }
            };
            show(StatusCode::SERVICE_UNAVAILABLE, "Try again", &body)
        }
    }
}

fn show(status: StatusCode, title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (STYLE) }
            }
            body { main { (body) } }
        }
    };
    // The address is a key to this one act: it goes into no cache and to no other site.
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, page).into_response()
}
