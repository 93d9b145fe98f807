//! Whether a number counts what was asked for.

use super::super::facts::Unit;
use super::super::numbers::Amount;
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::words;
use super::Asked;

pub(super) enum Fit {
    Same,
    Bare,
    Other,
}

pub(super) fn unit_fit(text: &Text<'_>, amount: &Amount, asked: &Asked<'_>) -> Fit {
    if asked.scale {
        return match amount.unit {
            Unit::None | Unit::Percent => Fit::Bare,
            _ => Fit::Other,
        };
    }
    let wanted = wanted_unit(text, asked);
    if amount.unit != Unit::None {
        return if amount.unit == wanted
            || amount.unit == Unit::Day && text.is(amount.end, words!["this"]) && wanted == Unit::Day
        {
            Fit::Same
        } else if amount.unit == Unit::Percent {
            Fit::Bare
        } else {
            Fit::Other
        };
    }
    let next = text.token(amount.end).filter(|t| t.kind == Kind::Word && t.parted <= Break::Space);
    let Some(_) = next else { return Fit::Bare };
    let word = text.word(amount.end);
    if stem_in(word, asked.unit) || stem_in(word, asked.prompt) && word.len() > 3 {
        return Fit::Same;
    }
    Fit::Bare
}

pub(super) fn wanted_unit(text: &Text<'_>, asked: &Asked<'_>) -> Unit {
    let id = text.lexicon.vocabulary.exact(asked.unit);
    text.lexicon.fact(id).unit
}

/// Whether a word's stem stands in a text: "walks" in "get out for a walk".
pub(super) fn stem_in(word: &str, text: &str) -> bool {
    let stem = word.strip_suffix('s').unwrap_or(word);
    stem.len() > 2 && text.as_bytes().windows(stem.len()).any(|w| w.eq_ignore_ascii_case(stem.as_bytes()))
}
