//! The one HTTP client that all gateways share: TLS by the operating system's trust store, no redirects, and every
//! answer bounded in size and time.

use std::{error::Error, time::Duration};

use reqwest::{Method, Request, RequestBuilder, Response, Url, header, redirect::Policy};
use rustls::pki_types::CertificateDer;
use serde::de::DeserializeOwned;

use super::exchange;
use crate::domain::delivery::SendFailure;

/// No gateway answers a send with more; a larger body is no proof of anything.
const LARGEST_ANSWER: usize = 64 * 1024;
/// A list of messages with their texts is larger.
pub(super) const LARGEST_LIST: usize = 512 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The default for a whole call, from connecting to the last byte of the answer.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// Makes `ring` the TLS provider of this process. Call it first in `main` and in each test binary; twice does no harm.
pub fn install_tls_provider() {
    // Err means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    #[error("the certificates cannot be read")]
    Certificates,
    #[error("no TLS client: are the operating system's CA certificates (package ca-certificates) installed?")]
    NoTrustStore,
}

/// Connections to gateways. Cheap to clone; clones share their pools.
#[derive(Clone)]
pub(super) struct Client {
    outside: reqwest::Client,
    this_machine: reqwest::Client,
}

impl Client {
    pub(super) fn new() -> Result<Self, ClientError> {
        Self::trusting(&[])
    }

    /// A client that trusts these certificates as well as the operating system's.
    pub(super) fn trusting(certificates: &[CertificateDer<'_>]) -> Result<Self, ClientError> {
        let extra = certificates
            .iter()
            .map(|der| reqwest::Certificate::from_der(der))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| ClientError::Certificates)?;
        let builder = || {
            let builder = reqwest::Client::builder()
                // A redirect would carry the message to an address nobody configured.
                .redirect(Policy::none())
                // A repeat is for the ledger to decide, and is a try of its own there.
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(CALL_TIMEOUT)
                .pool_idle_timeout(Duration::from_mins(1))
                .tcp_nodelay(true)
                .user_agent(concat!("between/", env!("CARGO_PKG_VERSION")));
            if extra.is_empty() { builder } else { builder.tls_certs_merge(extra.iter().cloned()) }
        };
        let build = |builder: reqwest::ClientBuilder| builder.build().map_err(|_| ClientError::NoTrustStore);
        Ok(Self {
            outside: build(builder().https_only(true))?,
            // A proxy for the outside world has no business with this machine's own ports.
            this_machine: build(builder().no_proxy())?,
        })
    }

    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let client = if is_loopback(&url) { &self.this_machine } else { &self.outside };
        client.request(method, url)
    }
}

/// Whether an address is on this machine by its literal form.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}

/// A whole answer, within bounds.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    retry_after: Option<String>,
}

/// Makes the call and reads its answer to the end.
pub(super) async fn call(request: RequestBuilder) -> Result<Answer, SendFailure> {
    call_within(request, LARGEST_ANSWER).await
}

/// The same, with another limit to the answer's size in bytes.
pub(super) async fn call_within(request: RequestBuilder, largest: usize) -> Result<Answer, SendFailure> {
    let (client, request) = request.build_split();
    let request = request.map_err(|error| failure_of(&error))?;
    let asked = exchange::begin(&request);
    let ended = answer_to(&client, request, largest).await;
    if let Some(asked) = asked {
        match &ended {
            Ok(answer) => asked.answered(answer.status, &answer.body),
            Err((status, failure)) => asked.failed(*status, failure.code()),
        }
    }
    ended.map_err(|(_, failure)| failure)
}

/// The whole answer, or how far it came: the status, where there was one, and what that means for the message.
async fn answer_to(
    client: &reqwest::Client,
    request: Request,
    largest: usize,
) -> Result<Answer, (Option<u16>, SendFailure)> {
    let mut response = client.execute(request).await.map_err(|error| (None, failure_of(&error)))?;
    let status = response.status().as_u16();
    let retry_after =
        response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = match bounded_body(&mut response, largest).await {
        Ok(body) => body,
        // What a refusal says in its body is a detail: that it is one, its status proves.
        Err(_) if !response.status().is_success() => Vec::new(),
        Err(failure) => return Err((Some(status), failure)),
    };
    Ok(Answer { status, body, retry_after })
}

async fn bounded_body(response: &mut Response, largest: usize) -> Result<Vec<u8>, SendFailure> {
    let too_large = || SendFailure::BadResponse { code: "too_large".to_owned() };
    if response.content_length().is_some_and(|length| length > largest as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure_of(&error))? {
        if body.len() + chunk.len() > largest {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body read as JSON of that shape.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, SendFailure> {
        serde_json::from_slice(&self.body).map_err(|_| {
            let code = match self.body.trim_ascii().first() {
                None => "empty",
                Some(b'<') => "html",
                Some(_) => "not_the_form",
            };
            SendFailure::BadResponse { code: code.to_owned() }
        })
    }

    /// The meaning of a status that is no success and that the provider gives no special sense.
    pub(super) fn failure_by_status(&self, now_ms: i64) -> SendFailure {
        match self.status {
            401 | 403 | 404 | 405 | 410 | 415 => SendFailure::NotConfigured,
            408 => SendFailure::TimedOut,
            429 => SendFailure::Throttled { retry_after_ms: self.retry_after_ms(now_ms) },
            // RFC 9110: with Retry-After it says "not now", without it says as little as any other 5xx.
            503 if self.retry_after.is_some() => SendFailure::Throttled { retry_after_ms: self.retry_after_ms(now_ms) },
            status @ 400..500 => SendFailure::Rejected { code: format!("http_{status}"), permanent: true },
            status => SendFailure::BadResponse { code: format!("http_{status}") },
        }
    }

    /// `Retry-After` in milliseconds from now: seconds, or a date (RFC 9110).
    pub(super) fn retry_after_ms(&self, now_ms: i64) -> Option<i64> {
        let text = self.retry_after.as_deref()?.trim();
        if let Ok(seconds) = text.parse::<u32>() {
            return Some(i64::from(seconds) * 1_000);
        }
        let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
        Some((date.timestamp_millis() - now_ms).max(0))
    }
}

/// What a call's error says about the message.
fn failure_of(error: &reqwest::Error) -> SendFailure {
    let unreachable = |code: &str| SendFailure::Unreachable { detail_code: code.to_owned() };
    if error.is_builder() {
        return SendFailure::NotConfigured;
    }
    if error.is_connect() {
        return unreachable(match root_of(error) {
            Root::Tls => "tls",
            Root::Io(std::io::ErrorKind::ConnectionRefused) => "refused",
            _ if error.is_timeout() => "connect_timeout",
            _ => "connect",
        });
    }
    if error.is_timeout() {
        return SendFailure::TimedOut;
    }
    let code = if error.is_body() || error.is_decode() { "truncated" } else { "connection_lost" };
    SendFailure::BadResponse { code: code.to_owned() }
}

enum Root {
    Tls,
    Io(std::io::ErrorKind),
    Other,
}

fn root_of(error: &reqwest::Error) -> Root {
    let mut root = Root::Other;
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return Root::Tls;
        }
        next = error.source();
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            root = Root::Io(io.kind());
            // An io::Error hides what it wraps from `source`.
            if let Some(inner) = io.get_ref() {
                if inner.is::<rustls::Error>() {
                    return Root::Tls;
                }
                next = Some(inner);
            }
        }
    }
    root
}

/// Whether a text can be a provider's id of a message: something, and not a page of it.
pub(super) fn is_id(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// A provider's code made safe to log: short, plain, and never a number that could be a telephone's.
pub(super) fn safe_code(code: &str) -> String {
    let plain = code.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b));
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    if plain && !code.is_empty() && code.len() <= 40 && digits < 8 { code.to_owned() } else { "other".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Answer {
        Answer { status, body: Vec::new(), retry_after: retry_after.map(str::to_owned) }
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        // Mon, 01 Mar 2027 12:00:00 GMT
        let noon = 1_803_902_400_000;
        let read = |text| answer(429, Some(text)).retry_after_ms(noon);
        assert_eq!(read("120"), Some(120_000));
        assert_eq!(read("Mon, 01 Mar 2027 12:01:30 GMT"), Some(90_000));
        assert_eq!(read("Mon, 01 Mar 2027 11:00:00 GMT"), Some(0));
        assert_eq!(read("soon"), None);
    }

    #[test]
    fn a_server_error_proves_nothing_and_a_wish_to_wait_is_kept() {
        let failure = |status, wait| answer(status, wait).failure_by_status(0);
        assert!(!failure(500, None).certainly_not_sent());
        assert!(!failure(302, None).certainly_not_sent());
        assert_eq!(failure(503, Some("7")), SendFailure::Throttled { retry_after_ms: Some(7_000) });
        assert_eq!(failure(429, None), SendFailure::Throttled { retry_after_ms: None });
        assert!(failure(400, None).permanent());
        assert_eq!(failure(401, None), SendFailure::NotConfigured);
    }

    #[test]
    fn codes_carry_no_numbers_of_people() {
        assert_eq!(safe_code("bad_number"), "bad_number");
        for code in ["07700900123", "to 07700", "", "a\nb", &"x".repeat(41)] {
            assert_eq!(safe_code(code), "other");
        }
    }

    #[test]
    fn only_literal_loopback_is_this_machine() {
        let on = |text: &str| is_loopback(&Url::parse(text).unwrap());
        assert!(on("http://127.0.0.1:1/") && on("http://localhost/") && on("http://[::1]:1/"));
        assert!(!on("http://127.0.0.1.example/") && !on("http://10.0.0.1/") && !on("http://localhost.example/"));
    }
}
