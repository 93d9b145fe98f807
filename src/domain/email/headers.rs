//! Headers of what we send: nothing a person typed can add a header or a recipient.
//!
//! Line breaks are not escaped but impossible: every value passes a function of this module that
//! leaves none. The writer of the mail (lettre) encodes what is not ASCII.

use thiserror::Error;

/// Longest subject, in characters: what phones show, and far below any folding trouble.
pub const MAX_SUBJECT: usize = 150;
/// Longest display name, in characters.
pub const MAX_NAME: usize = 64;
/// Most identifiers in References; older ones in the middle are left out.
pub const MAX_REFERENCES: usize = 20;
/// The value of `Auto-Submitted` on everything we send (RFC 3834 section 5).
pub const AUTO_SUBMITTED: &str = "auto-generated";

/// Why a header value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderFault {
    /// One plain address is needed.
    #[error("not one plain email address")]
    Address,
    /// Letters, digits, `.`, `_` and `-` only.
    #[error("not usable in a Message-ID")]
    Identifier,
    /// An https address without spaces and angle brackets is needed.
    #[error("not a plain https address")]
    Url,
}

/// A subject on one line: control, direction and separator characters become spaces, and what would
/// decode as an encoded word no longer does.
#[must_use]
pub fn subject(text: &str) -> String {
    one_line(text, MAX_SUBJECT, |_| false)
}

/// A display name on one line, without the characters that structure an address list.
#[must_use]
pub fn display_name(text: &str) -> String {
    one_line(text, MAX_NAME, |c| matches!(c, '<' | '>' | '"' | ',' | ';' | ':' | '@' | '\\' | '(' | ')' | '[' | ']'))
}

fn one_line(text: &str, most: usize, also: impl Fn(char) -> bool) -> String {
    let mut line = String::new();
    let mut count = 0;
    for c in text.chars() {
        let c = if is_unsafe(c) || c.is_whitespace() || also(c) { ' ' } else { c };
        if c == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        // "=?utf-8?Q?=0D=0ABcc:..?=" typed by a person must stay the text it is.
        if c == '?' && line.ends_with('=') {
            line.push(' ');
        }
        count += 1;
        if count > most {
            break;
        }
        line.push(c);
    }
    line.truncate(line.trim_end().len());
    line
}

/// Characters that break lines, hide or turn round text: no place in any header.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Exactly one plain address: no name, no quotes, no comments, no list.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
    let local_ok = local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom));
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    text.len() <= 254 && local.len() <= 64 && local_ok && domain.contains('.') && domain.split('.').all(label)
}

/// An address as it may stand in a header, or why not.
pub fn address(text: &str) -> Result<&str, HeaderFault> {
    let text = text.trim();
    if is_address(text) { Ok(text) } else { Err(HeaderFault::Address) }
}

/// `<id@domain>`: made of our own message id alone, so every retry carries the same.
pub fn message_id(id: &str, domain: &str) -> Result<String, HeaderFault> {
    let id_ok =
        !id.is_empty() && id.len() <= 64 && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c));
    if id_ok && is_address(&format!("a@{domain}")) {
        Ok(format!("<{id}@{domain}>"))
    } else {
        Err(HeaderFault::Identifier)
    }
}

/// Our message id within a Message-ID of ours, in whatever brackets it comes back.
#[must_use]
pub fn id_of_message_id<'a>(message_id: &'a str, domain: &str) -> Option<&'a str> {
    let inner = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    let (id, of) = inner.split_once('@')?;
    (of.eq_ignore_ascii_case(domain) && !id.is_empty()).then_some(id)
}

/// The value of References: the first of the thread, then the most recent, each only if well formed.
#[must_use]
pub fn references(ids: &[String]) -> String {
    let well_formed = |id: &&str| {
        id.len() <= 250 && id.contains('@') && id.bytes().all(|c| c.is_ascii_graphic() && c != b'<' && c != b'>')
    };
    let bare: Vec<&str> =
        ids.iter().map(|id| id.trim().trim_start_matches('<').trim_end_matches('>')).filter(well_formed).collect();
    let skip = bare.len().saturating_sub(MAX_REFERENCES);
    let kept = bare.iter().enumerate().filter(|(at, _)| *at == 0 || *at > skip).map(|(_, id)| format!("<{id}>"));
    kept.collect::<Vec<_>>().join(" ")
}

/// The two headers by which mail programs offer "unsubscribe" (RFC 8058).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneClick {
    /// The value of `List-Unsubscribe`.
    pub list_unsubscribe: String,
    /// The value of `List-Unsubscribe-Post`.
    pub list_unsubscribe_post: &'static str,
}

/// The headers for one-click unsubscribing by a POST to `url`, and by mail for programs without it.
pub fn one_click_unsubscribe(url: &str, mailto: Option<&str>) -> Result<OneClick, HeaderFault> {
    let plain = url.bytes().all(|c| c.is_ascii_graphic() && !b"<>\"\\,".contains(&c));
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    if !plain || host.is_empty() || host.contains('@') || url.len() > 900 {
        return Err(HeaderFault::Url);
    }
    let list_unsubscribe = match mailto {
        Some(to) => format!("<{url}>, <mailto:{}?subject=unsubscribe>", address(to)?),
        None => format!("<{url}>"),
    };
    Ok(OneClick { list_unsubscribe, list_unsubscribe_post: "List-Unsubscribe=One-Click" })
}
