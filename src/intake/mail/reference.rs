//! What makes a mail the same mail.

use crate::domain::email::InboundEmail;
use crate::gateways::to_hex;
use sha2::{Digest, Sha256};

/// The same mail twice is one: delivered to two addresses of ours, fetched again after its folder got a new UIDVALIDITY, or
/// come by two ways. Trace headers differ then, so they take no part; the token does.
pub(super) fn reference(raw: &[u8], mail: &InboundEmail, token: Option<&str>) -> String {
    let Some(id) = &mail.message_id else { return to_hex(&Sha256::digest(raw)) };
    let body = raw.windows(4).position(|w| w == b"\r\n\r\n").or_else(|| raw.windows(2).position(|w| w == b"\n\n"));
    let date = mail.date.map(|d| d.timestamp().to_string()).unwrap_or_default();
    let words = [Some(id.as_str()), mail.from.as_deref(), Some(&date), mail.subject.as_deref(), token];
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.unwrap_or_default());
        hash.update([0]);
    }
    hash.update(body.and_then(|at| raw.get(at..)).unwrap_or(raw));
    to_hex(&hash.finalize())
}
