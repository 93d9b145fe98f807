//! Plain forms of typographic characters, which word processors put in and GSM-7 does not have.

use serde::Serialize;

/// A cleaned text and what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The text.
    pub text: String,
    /// Each change, in order.
    pub changes: Vec<Change>,
}

/// One character that was replaced or, when `to` is empty, dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its place in the original, counted in characters from 0.
    pub at: usize,
    /// The character.
    pub from: char,
    /// What stands there now.
    pub to: &'static str,
}

/// Replaces curly quotes, dashes, the ellipsis, odd spaces, tabs and line separators by their plain forms and
/// drops characters without width. Every letter, digit, sign and emoji stays as it is.
pub fn clean(text: &str) -> Cleaned {
    if text.bytes().all(|b| b == b'\n' || (b' '..=b'~').contains(&b)) {
        return Cleaned { text: text.to_owned(), changes: Vec::new() };
    }
    let keep_joiners = text.chars().any(needs_joiners);
    let mut cleaned = String::with_capacity(text.len());
    let mut changes = Vec::new();
    let mut rest = text.chars().enumerate().peekable();
    while let Some((at, from)) = rest.next() {
        let plain = if from == '\r' {
            // A lone one is a line break too.
            Some(if rest.peek().is_some_and(|(_, next)| *next == '\n') { "" } else { "\n" })
        } else if is_joiner(from) && keep_joiners {
            None
        } else {
            plain_form(from)
        };
        match plain {
            Some(to) => {
                cleaned.push_str(to);
                changes.push(Change { at, from, to });
            }
            None => cleaned.push(from),
        }
    }
    Cleaned { text: cleaned, changes }
}

fn plain_form(ch: char) -> Option<&'static str> {
    Some(match ch {
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{02BC}' | '\u{00B4}' => "'",
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{00AB}' | '\u{00BB}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2026}' => "...",
        '\u{00A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\t' => " ",
        '\u{0085}' | '\u{2028}' | '\u{2029}' | '\u{000B}' | '\u{000C}' => "\n",
        '\u{200B}' | '\u{00AD}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' => "",
        ch if is_joiner(ch) => "",
        '\n' => return None,
        ch if ch.is_control() => "",
        _ => return None,
    })
}

/// Joiners and direction marks: noise in English, part of the spelling in Urdu or Bengali and in some emoji.
fn is_joiner(ch: char) -> bool {
    matches!(ch, '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FE0F}')
}

/// From Hebrew onwards scripts run right to left or join their letters; emoji are built of several characters.
fn needs_joiners(ch: char) -> bool {
    matches!(ch, '\u{0590}'..='\u{1DFF}' | '\u{2190}'..='\u{2BFF}' | '\u{A840}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{1F000}'..='\u{1FAFF}')
}
