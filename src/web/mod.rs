//! HTTP: webhooks, unsubscribe links and health checks everywhere; pages in the demo and on loopback only, until staff sign-in exists.

mod health;
pub mod pages;
mod unsubscribe;
mod webhooks;

use crate::gateways::MailIn;
use crate::intake::Receiver;
use crate::outreach::{Engine, UNSUBSCRIBE_PATH};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// What every handler has.
#[derive(Clone)]
pub struct AppState {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Stores what is received, in groups.
    pub receiver: Receiver,
    /// The demo's clock and phones; `None` outside the demo.
    pub demo: Option<Arc<dyn pages::Simulation>>,
}

/// A request may take this long, its body included: a slow sender holds a connection no longer.
const REQUEST_TIME: Duration = Duration::from_secs(20);

/// Webhooks, unsubscribe links and health checks.
pub fn service(state: AppState) -> Router {
    let limit = state.engine.config.server.max_body_bytes;
    let ways = state.engine.gateways.iter().filter_map(|gateway| gateway.mail_in());
    let largest_mail = ways.filter(|way| way.is_open()).map(MailIn::max_request_bytes).max().unwrap_or(0).max(limit);
    Router::new()
        .route("/webhooks/{gateway}", post(webhooks::take))
        .route("/webhooks/{gateway}/{*rest}", post(webhooks::take))
        .route(&format!("{UNSUBSCRIBE_PATH}{{token}}"), get(unsubscribe::ask).post(unsubscribe::done))
        .route("/health", get(health::alive))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(RequestBodyLimitLayer::new(limit))
        // Mails are larger than anything else that is pushed, and have a limit of their own.
        .merge(
            Router::new()
                .route("/webhooks/{gateway}/mail", post(webhooks::take))
                .layer(DefaultBodyLimit::disable())
                .layer(RequestBodyLimitLayer::new(largest_mail)),
        )
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::REQUEST_TIMEOUT, REQUEST_TIME))
        .layer(CatchPanicLayer::new())
        .with_state(state)
}

/// What one gateway pushes, taken at a path of its own choosing and nowhere else.
pub fn hook(state: AppState, path: &str, gateway: &'static str) -> Router {
    let limit = state.engine.config.server.max_body_bytes;
    let take = move |state, method, uri, headers, body| {
        let parts = [("gateway".to_owned(), gateway.to_owned())].into();
        webhooks::take(state, axum::extract::Path(parts), method, uri, headers, body)
    };
    Router::new().route(path, post(take)).layer(RequestBodyLimitLayer::new(limit)).with_state(state)
}

/// Webhooks, health checks and pages: for the demo, on loopback only.
pub fn service_with_pages(state: AppState) -> Router {
    service(state.clone()).merge(pages::router().with_state(state))
}
