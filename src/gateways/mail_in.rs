//! How answers to a gateway's mail come in: by a mailbox, by a signed webhook, or not at all.

use super::{Forged, ParseError, Received, WebhookRequest, imap::ImapBox, signature};
use crate::secret::Secret;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// The way in for mail.
pub struct MailIn {
    /// The mailbox, where there is one.
    pub imap: Option<ImapBox>,
    /// Keys of the webhook: the present one and, during a rotation, the old one. None closes it.
    pub(super) keys: Vec<Secret>,
    /// The names under which our own receiving servers write Authentication-Results (RFC 8601).
    pub trusted_authserv: Vec<String>,
    /// The largest mail that is kept whole, in bytes.
    pub max_bytes: usize,
    /// The domain of our own Message-IDs.
    pub domain: String,
}

/// The form of a mail in JSON, for services that cannot post it as it is.
#[derive(Deserialize)]
struct InJson {
    /// The whole mail (RFC 5322), base64.
    raw: String,
}

impl MailIn {
    /// Whether answers reach us.
    pub fn is_open(&self) -> bool {
        self.imap.is_some() || !self.keys.is_empty()
    }

    /// The largest request body the webhook takes: a mail in base64, with something around it.
    pub fn max_request_bytes(&self) -> usize {
        self.max_bytes / 3 * 4 + 4_096
    }

    /// Checks the signature over `x-timestamp`, a dot and the raw body, and the signed time: the scheme of the HTTP gateway.
    pub(super) fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        signature::check_signed_request(&self.keys, request)
    }

    /// The mail in a verified request: as it is, or in JSON.
    pub(super) fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        let kind = request.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let raw = match kind.as_str() {
            "message/rfc822" => request.body.to_vec(),
            "application/json" => {
                let form: InJson = serde_json::from_slice(request.body).map_err(|_| ParseError::new("not_the_form"))?;
                STANDARD.decode(form.raw.trim()).map_err(|_| ParseError::new("not_base64"))?
            }
            _ => return Err(ParseError::new("unknown_content_type")),
        };
        if raw.is_empty() {
            return Err(ParseError::new("empty"));
        }
        if raw.len() > self.max_bytes {
            return Err(ParseError::new("too_large"));
        }
        Ok(vec![Received::Mail { raw }])
    }
}
