//! The stylesheet and the mark, built into the program.

use axum::http::header;
use axum::response::IntoResponse;

const STYLESHEET: &str = include_str!("../assets/between.css");
const MARK: &str = include_str!("../assets/mark.svg");

/// They change with the program only; an hour is short enough for an upgrade to be seen.
const CACHE: &str = "public, max-age=3600";

/// The stylesheet.
pub(super) async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, CACHE)], STYLESHEET)
}

/// The mark in the browser's tab.
pub(super) async fn mark() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, CACHE)], MARK)
}
