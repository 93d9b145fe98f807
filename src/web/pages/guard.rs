//! What stands between the pages and the rest of the world.

use super::AppState;
use super::error::PageError;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// Nothing from elsewhere, no script at all, no frame, forms to ourselves only.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// On every answer. The referrer stays on this origin: with `no-referrer` browsers send `Origin: null` with our own forms.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    // What is shown is about patients: it stays in no cache and is gone after the tab is closed.
    (header::CACHE_CONTROL, "no-store"),
];

const LARGEST_FORM: usize = 64 * 1024;

/// Puts the pages behind: a check that they are asked under this machine's own name, a check that forms come from our own
/// pages (403 otherwise), a limit on the size of forms, and security headers on every answer, refusals included.
pub fn protect(pages: Router<AppState>) -> Router<AppState> {
    let mut guarded = pages
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(this_machine_only));
    for (name, value) in HEADERS {
        guarded = guarded.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    guarded
}

/// A page elsewhere can point a name of its own at 127.0.0.1 (DNS rebinding) and would then count as "same origin". It
/// cannot choose the name in `Host`, so only this machine's own names are answered.
async fn this_machine_only(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if host.is_some_and(is_loopback) { next.run(request).await } else { PageError::NotThisMachine.into_response() }
}

/// `localhost`, 127.0.0.0/8 or `[::1]`, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(name, _)| name),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for ours in ["localhost", "localhost:8420", "127.0.0.1:8420", "127.0.0.2", "[::1]:8420", "LOCALHOST:1"] {
            assert!(is_loopback(ours), "{ours}");
        }
        for other in ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "192.168.1.4:8420", "[::2]:80", ""]
        {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
