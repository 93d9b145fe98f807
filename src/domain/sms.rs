//! What a text costs and whether it arrives as written: encoding, parts, and the characters that matter.
//!
//! Nothing here ever replaces a character by `?`. Typographic characters are put into their plain form; what has
//! none (a name, a unit, an emoji) stays, and either goes as UCS-2 or is refused with the character named.

mod clean;
mod gsm;

use std::fmt;

use serde::Serialize;
use thiserror::Error;

pub use clean::{Change, Cleaned, clean};
use gsm::gsm_units;

/// Longest text that gateways take, in units (6 parts of GSM-7).
pub const LIMIT: usize = 918;

/// How a text goes over the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Encoding {
    /// The seven-bit alphabet: 160 units in one part, 153 in each of several.
    #[serde(rename = "GSM-7")]
    Gsm7,
    /// Two bytes a unit, for every other character: 70 in one part, 67 in each of several.
    #[serde(rename = "UCS-2")]
    Ucs2,
}

/// The size of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// GSM-7 if every character allows it.
    pub encoding: Encoding,
    /// GSM-7 units (2 for `^{}\[~]|€`), or UTF-16 units.
    pub units: usize,
    /// Parts that are sent and paid for; 0 for an empty text.
    pub segments: usize,
    /// More than [`LIMIT`] units.
    pub over_limit: bool,
    /// Characters that cost more than one unit, or that force UCS-2. Within UCS-2 only the latter.
    pub costly: Vec<CostlyChar>,
}

/// A character to look at before sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CostlyChar {
    /// The character.
    pub ch: char,
    /// Its place, counted in characters from 0.
    pub at: usize,
    /// What it does.
    pub why: Why,
}

/// Why a character is costly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Counts as two.
    TwoUnits,
    /// Outside the seven-bit alphabet: the whole text has 70 characters a part instead of 160.
    NotGsm,
}

impl fmt::Display for CostlyChar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = u32::from(self.ch);
        let shown = if self.ch.is_control() || self.ch.is_whitespace() { ' ' } else { self.ch };
        write!(f, "'{shown}' (U+{code:04X}) at character {}", self.at + 1)?;
        f.write_str(match self.why {
            Why::TwoUnits => " counts as two",
            Why::NotGsm => " leaves room for 70 characters a text instead of 160",
        })
    }
}

/// What a gateway takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmsPolicy {
    /// Whether it sends UCS-2 unharmed. Where not, a text that needs it is refused.
    pub unicode: bool,
    /// Most parts of one text.
    pub max_segments: usize,
}

impl Default for SmsPolicy {
    /// Unicode, and as many parts as [`LIMIT`] units of GSM-7 make.
    fn default() -> Self {
        Self { unicode: true, max_segments: 6 }
    }
}

/// Why a text is not sent. It is never cut and never altered to fit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SmsRefusal {
    /// Nothing in it but white space.
    #[error("the text is empty")]
    Empty,
    /// Too long.
    #[error("the text is too long: {units} units in {segments} parts")]
    TooLong {
        /// Units in its encoding.
        units: usize,
        /// Parts it would need.
        segments: usize,
    },
    /// Characters that this gateway would spoil.
    #[error("{} characters cannot go through this gateway", .0.len())]
    Characters(Vec<CostlyChar>),
}

/// A text ready for a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// The cleaned text.
    pub text: String,
    /// Its size.
    pub measure: Measure,
    /// What cleaning changed.
    pub changes: Vec<Change>,
}

/// Cleans and measures a text and refuses what `policy` does not take.
pub fn fit(text: &str, policy: SmsPolicy) -> Result<Fitted, SmsRefusal> {
    let Cleaned { text, changes } = clean(text);
    if text.trim().is_empty() {
        return Err(SmsRefusal::Empty);
    }
    let measure = measure(&text);
    if measure.encoding == Encoding::Ucs2 && !policy.unicode {
        return Err(SmsRefusal::Characters(measure.costly));
    }
    if measure.over_limit || measure.segments > policy.max_segments {
        return Err(SmsRefusal::TooLong { units: measure.units, segments: measure.segments });
    }
    Ok(Fitted { text, measure, changes })
}

/// Measures a text as it stands.
pub fn measure(text: &str) -> Measure {
    let mut costly = Vec::new();
    let mut gsm = GsmParts::default();
    let mut outside = false;
    for (at, ch) in text.chars().enumerate() {
        match gsm_units(ch) {
            Some(1) => gsm.add(1),
            Some(units) => {
                gsm.add(units);
                costly.push(CostlyChar { ch, at, why: Why::TwoUnits });
            }
            None => {
                outside = true;
                costly.push(CostlyChar { ch, at, why: Why::NotGsm });
            }
        }
    }
    let (encoding, units, segments) = if outside {
        costly.retain(|c| c.why == Why::NotGsm);
        let units = text.encode_utf16().count();
        (Encoding::Ucs2, units, if units <= 70 { 1 } else { units.div_ceil(67) })
    } else {
        (Encoding::Gsm7, gsm.units, gsm.segments())
    };
    Measure { encoding, units, segments, over_limit: units > LIMIT, costly }
}

/// Fills parts of 153 units without ever parting an escape from its character.
#[derive(Default)]
struct GsmParts {
    units: usize,
    full: usize,
    filled: usize,
}

impl GsmParts {
    fn add(&mut self, units: usize) {
        self.units += units;
        if self.filled + units > 153 {
            self.full += 1;
            self.filled = 0;
        }
        self.filled += units;
    }

    fn segments(&self) -> usize {
        match self.units {
            0 => 0,
            1..=160 => 1,
            _ => self.full + 1,
        }
    }
}

#[cfg(test)]
mod tests;
