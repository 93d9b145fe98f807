//! Whom a message did not reach, by the words of a report.

use super::Seen;
use super::reasons;
use crate::domain::email::automatic::is_machine;
use crate::domain::email::own_words::fold;

/// Most lines of a report that are looked at.
const MAX_LINES: usize = 400;

/// The address that failed: named by a header, or the most telling one in the text.
pub(super) fn find(seen: &Seen<'_>, report: &str) -> Option<String> {
    if let Some(address) = seen.fields.text("x-failed-recipients").and_then(|value| first_address(&value)) {
        return Some(address);
    }
    let mut best: Option<(u32, String)> = None;
    // Where a practice writes to itself, the address that failed is the one that hears of it.
    let mut own_line: Option<String> = None;
    for line in report.lines().take(MAX_LINES) {
        if !line.contains('@') {
            continue;
        }
        let weight = weight_of(line);
        for address in addresses(line) {
            let own = seen.to.contains(&address) || seen.from.is_some_and(|from| from.address == address);
            if own && weight >= 5 && own_line.is_none() {
                own_line = Some(address);
                continue;
            }
            if own || is_machine(&address) {
                continue;
            }
            if best.as_ref().is_none_or(|(have, _)| weight > *have) {
                best = Some((weight, address));
            }
        }
    }
    best.map(|(_, address)| address).or(own_line)
}

fn weight_of(line: &str) -> u32 {
    let line = line.trim();
    let alone = line.trim_matches(['<', '>', ':', '.', '-', '*', ' ', '"', '\'', '(', ')']);
    let is_alone = !alone.contains(char::is_whitespace) && alone.matches('@').count() == 1;
    let lower = line.to_ascii_lowercase();
    if is_alone || (line.starts_with('<') && line.contains(">:")) {
        return 5;
    }
    if lower.starts_with("undeliverable to") || lower.starts_with("intended recipient:") {
        return 5;
    }
    if ["final-recipient", "original-recipient", "recipient", "rcpt to", "failed address", "to:", "an:", "to <"]
        .iter()
        .any(|word| lower.starts_with(word) || lower.contains("rcpt to"))
    {
        return 4;
    }
    if reasons::failure(&fold(line)).is_some() || lower.starts_with('<') {
        return 3;
    }
    if ["from:", "sender", "postmaster", "contact", "administrator", "support", "questions"]
        .iter()
        .any(|word| lower.contains(word))
    {
        return 0;
    }
    1
}

/// The first address of a text, in lower case.
pub(super) fn first_address(text: &str) -> Option<String> {
    addresses(text).next()
}

fn addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    let stops = |c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"' | ':' | '|' | '\\' | '`')
    };
    text.split(stops).filter(|word| word.contains('@') && word.len() <= 320).filter_map(|word| {
        let word = word.trim_matches(['\'', '.', '*', '=', '!', '?', '-']);
        let (local, domain) = word.rsplit_once('@')?;
        let domain_ok =
            !domain.is_empty() && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        (!local.is_empty() && domain_ok).then(|| format!("{}@{}", local.to_lowercase(), domain.to_lowercase()))
    })
}
