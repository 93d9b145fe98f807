//! Pages for staff, and the demo's phones. Plain forms, no scripts; every text is escaped by `maud`.
//!
//! There is no sign-in yet, so they answer on this machine only: see [`guard`].

mod acts;
mod alerts;
mod assets;
mod clock;
mod desk;
mod error;
mod explain;
pub mod guard;
mod inbox;
mod mail;
mod message;
mod notices;
mod parts;
mod people;
mod person;
mod person_acts;
mod phone;
mod programmes;
mod reading;
mod simulation;
mod today;
mod wording;
mod words;

pub use error::PageError;
pub use person::what as entry_in_words;
pub use reading::in_words;
pub use simulation::{Progress, Simulation};
pub use words::{message as message_in_words, status_in_words};

use super::AppState;
use axum::Router;
use axum::routing::{get, post};

/// Every page, behind [`guard::protect`].
pub fn router() -> Router<AppState> {
    let pages = Router::new()
        .route("/", get(today::page))
        .route("/clock", post(clock::moved))
        .route("/rise", post(notices::release))
        .route("/people", get(people::page))
        .route("/people/{id}", get(person::page))
        .route("/people/{id}/pause", post(person_acts::pause))
        .route("/people/{id}/resume", post(person_acts::resume))
        .route("/people/{id}/consent", post(person_acts::consent))
        .route("/people/{id}/enrol", post(person_acts::enrol))
        .route("/people/{id}/leave", post(person_acts::leave))
        .route("/people/{id}/safe-contact", post(person_acts::safe_contact))
        .route("/entries/{id}", post(person_acts::review_entry))
        .route("/results/{id}", post(person_acts::move_result))
        .route("/alerts", get(alerts::page))
        .route("/alerts/{id}", post(alerts::acknowledge))
        .route("/inbox", get(inbox::page))
        .route("/inbox/{id}", post(inbox::dealt_with))
        .route("/messages/{id}", get(message::page))
        .route("/phone", get(phone::choose))
        .route("/phone/{id}", get(phone::page).post(phone::reply))
        .route("/explain", get(explain::page).post(explain::read))
        .route("/programmes", get(programmes::page))
        .route("/wording", get(wording::page))
        .route("/assets/between.css", get(assets::stylesheet))
        .route("/assets/mark.svg", get(assets::mark))
        .fallback(error::not_found);
    guard::protect(pages)
}
