//! What comes in from a gateway: the request as it was, and the values read from it.

use std::fmt;

use crate::domain::delivery::DeliveryStatus;

/// A request as it came in. The signature is computed over `body` as received, and over the configured public address:
/// nothing is taken from `Host` or `X-Forwarded-*`.
#[derive(Clone, Copy)]
pub struct WebhookRequest<'a> {
    /// `POST`, `GET`.
    pub method: &'a str,
    /// The path with its leading slash, without the query.
    pub path: &'a str,
    /// The query without `?`, as received; empty when there was none.
    pub query: &'a str,
    /// Header names in any case, values as received.
    pub headers: &'a [(String, String)],
    /// The raw body.
    pub body: &'a [u8],
    /// When it came in, UTC milliseconds.
    pub received_at_ms: i64,
}

impl WebhookRequest<'_> {
    /// The value of a header, or `None` when it is missing or given more than once (then no value can be trusted).
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value.as_str())
    }
}

/// The request does not prove that it comes from the gateway. The reason is for the log, never for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// A header that must be there is missing or doubled.
    #[error("no signature")]
    Unsigned,
    /// The signature or token is wrong.
    #[error("wrong signature")]
    WrongSignature,
    /// The signed time is more than five minutes away from ours.
    #[error("signed outside the window")]
    OutsideWindow,
    /// This gateway takes nothing in, or no key is set.
    #[error("this gateway takes nothing in")]
    NotOpen,
}

/// The request is genuine, but its body is not in the provider's form. Carries a code, never the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("webhook body not understood ({code})")]
pub struct ParseError {
    /// What was missing or wrong.
    pub code: &'static str,
}

impl ParseError {
    /// An error with this code.
    pub fn new(code: &'static str) -> Self {
        Self { code }
    }
}

/// One thing a gateway told us. `Debug` leaves out addresses and text.
#[derive(Clone, PartialEq, Eq)]
pub enum Received {
    /// A person wrote.
    Inbound {
        /// The provider's own id of it: the same when the provider repeats itself.
        provider_reference: String,
        /// The sender's number or address as the provider gave it.
        from: String,
        /// The number or address it was written to.
        to: String,
        /// The text as it was.
        text: String,
        /// When it was written, by the provider's clock, UTC milliseconds.
        sent_at_ms: Option<i64>,
    },
    /// A mail came, whole.
    Mail {
        /// The mail as it was (RFC 5322).
        raw: Vec<u8>,
    },
    /// A message of ours moved on.
    Report {
        /// Our message id, where the provider gives it back.
        reference: Option<String>,
        /// The provider's id.
        provider_id: Option<String>,
        /// The new status.
        status: DeliveryStatus,
        /// When it happened, by the provider's clock, UTC milliseconds.
        occurred_at_ms: Option<i64>,
    },
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inbound { provider_reference, sent_at_ms, .. } => f
                .debug_struct("Inbound")
                .field("provider_reference", provider_reference)
                .field("sent_at_ms", sent_at_ms)
                .finish_non_exhaustive(),
            Self::Mail { .. } => f.debug_struct("Mail").finish_non_exhaustive(),
            Self::Report { reference, provider_id, status, occurred_at_ms } => f
                .debug_struct("Report")
                .field("reference", reference)
                .field("provider_id", provider_id)
                .field("status", status)
                .field("occurred_at_ms", occurred_at_ms)
                .finish(),
        }
    }
}
