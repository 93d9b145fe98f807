//! A spreadsheet cell that may hold several numbers and a label or two.

use super::normalise::normalise;
use super::{PhoneError, PhoneNote, PhoneNumber, PhonePolicy};

/// Labels that say which line it is and nothing about whose. Any other word makes a person look.
const LABELS: [&str; 14] =
    ["mob", "mobile", "m", "tel", "telephone", "phone", "t", "p", "home", "h", "work", "w", "no", "number"];

/// The number taken from a cell, and what was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneCell {
    /// The first number that the policy accepts.
    pub number: PhoneNumber,
    /// Repairs and choices made.
    pub notes: Vec<PhoneNote>,
}

impl PhoneCell {
    /// Reads a cell: numbers parted by `/`, `,`, `;`, `|`, `&`, "or", "and" or line breaks, with labels such as
    /// `Mob:`. The first usable number is taken. When none is, the error is that of the first.
    pub fn parse(text: &str, policy: PhonePolicy) -> Result<Self, PhoneError> {
        let parts = parts(text)?;
        let mut first_error = PhoneError::Empty;
        for (at, part) in parts.iter().enumerate() {
            match read(part, policy) {
                Ok((number, zero_restored)) => {
                    let several = (parts.len() > 1).then_some(PhoneNote::Several(parts.len()));
                    let restored = zero_restored.then_some(PhoneNote::LeadingZeroRestored);
                    return Ok(Self { number, notes: several.into_iter().chain(restored).collect() });
                }
                Err(error) if at == 0 => first_error = error,
                Err(_) => {}
            }
        }
        Err(first_error)
    }
}

fn read(part: &str, policy: PhonePolicy) -> Result<(PhoneNumber, bool), PhoneError> {
    let normalised = normalise(part)?;
    let number = PhoneNumber::classify(&normalised.digits)?;
    match policy.refusal(&number) {
        Some(refusal) => Err(refusal),
        None => Ok((number, normalised.zero_restored)),
    }
}

/// The numbers of a cell without labels, or [`PhoneError::Words`] when a word is there that is no label.
fn parts(text: &str) -> Result<Vec<String>, PhoneError> {
    let mut parts = Vec::new();
    for piece in text.split(['/', ',', ';', '|', '&', '\n', '\r']) {
        let mut current = String::new();
        for word in piece.split_whitespace() {
            let label = word.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
            if label.is_empty() || !label.chars().all(|c| c.is_ascii_alphabetic()) {
                current.push_str(word);
                current.push(' ');
            } else if label == "or" || label == "and" || LABELS.contains(&label.as_str()) {
                // "H 01632 960001 M 07700 900123": a label also begins the next number.
                parts.push(std::mem::take(&mut current));
            } else {
                return Err(PhoneError::Words);
            }
        }
        parts.push(current);
    }
    parts.retain(|part| part.chars().any(|c| !c.is_whitespace()));
    if parts.is_empty() { Err(PhoneError::Empty) } else { Ok(parts) }
}
