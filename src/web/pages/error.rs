//! Pages for what went wrong: what happened and what to do, without a word about anybody.

use super::parts::bare_page;
use crate::outreach::OutreachError;
use crate::store::StoreError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

/// Why a page could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The database, or a practice's settings.
    #[error(transparent)]
    Outreach(#[from] OutreachError),
    /// There is no such person, message or page.
    #[error("not found")]
    NotFound,
    /// There is no practice yet.
    #[error("no practice")]
    NoPractice,
    /// The form cannot be used; the sentence says why.
    #[error("{0}")]
    Form(&'static str),
    /// A rule does not allow it; the sentence says which.
    #[error("{0}")]
    Refused(String),
    /// Asked under a name that is not this machine's.
    #[error("not this machine")]
    NotThisMachine,
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::Outreach(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, title, what_to_do) = match &self {
            Self::Outreach(error) => {
                tracing::error!(code = "page_failed", "a page could not be shown");
                let down = matches!(error, OutreachError::Store(error) if error.is_outage());
                if down {
                    (
                        StatusCode::SERVICE_UNAVAILABLE,
                        "The database does not answer",
                        "Nothing is lost. Wait a minute and try again. If it goes on, tell whoever runs this computer.",
                    )
                } else {
                    (
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "This page could not be shown",
                        "Go back and try again. If it happens again, the program's log names the cause.",
                    )
                }
            }
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Page not found",
                "Check the address, or find the person in the list of people.",
            ),
            Self::NoPractice => (
                StatusCode::OK,
                "No practice yet",
                "Add one with \"between practice add\", then import its patients with \"between import\".",
            ),
            Self::Refused(why) => (StatusCode::UNPROCESSABLE_ENTITY, "This is not allowed", why.as_str()),
            Self::Form(what) => (StatusCode::UNPROCESSABLE_ENTITY, "Something is missing", *what),
            Self::NotThisMachine => (
                StatusCode::MISDIRECTED_REQUEST,
                "Only on this computer",
                "These pages answer at http://127.0.0.1 and http://localhost only, until staff can sign in.",
            ),
        };
        let body = html! { p { (what_to_do) } p { a href="/" { "Go to Today" } } };
        (status, bare_page(title, &body)).into_response()
    }
}

/// Any address that is no page.
pub(super) async fn not_found() -> PageError {
    PageError::NotFound
}
