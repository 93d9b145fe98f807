//! The number most likely meant, where the strict reading finds none: a person sees it and confirms it or not.

use super::super::facts::{NumberWord, Unit};
use super::super::label::Label;
use super::super::numbers::{Amount, Bound, Role};
use super::super::text::Text;
use super::super::tokens::Kind;
use super::super::vocabulary::words;
use super::fit::{Fit, unit_fit};
use super::period::days_somewhere;
use super::{Asked, concludes, is_correction, is_hoped, is_no_answer, is_part, is_told};

/// The value, or both ends of what it lies between.
pub fn likeliest(text: &Text<'_>, amounts: &[Amount], asked: &Asked<'_>) -> Option<(f64, f64)> {
    let mut fits: Vec<&Amount> = amounts.iter().filter(|a| may_answer(a, asked)).collect();
    // "I had 8 but that is 2 down on last week": what another time or another person had, only where nothing else is.
    if fits.iter().any(|a| !stands_aside(text, a)) {
        fits.retain(|a| !stands_aside(text, a));
    }
    if fits.iter().any(|a| unit_is_asked(text, a, asked)) && asked.unit != "portions" {
        fits.retain(|a| unit_is_asked(text, a, asked));
    }
    let ends = |a: &Amount| (a.lo, a.hi);
    if let Some(last) = fits.iter().rev().find(|a| concludes(text, a)) {
        return Some(ends(last));
    }
    if let Some([_, corrected]) =
        fits.windows(2).rev().find(|w| matches!(w, [a, b] if (a.end..b.from).any(|i| is_correction(text, i))))
    {
        return Some(ends(corrected));
    }
    match fits.as_slice() {
        [] => {
            let nothing = (text.says(Label::Nought) || text.says(Label::No)) && !asked.scale && asked.min <= 0.0;
            let none = nothing.then_some((0.0, 0.0));
            // "I didn't do a single one. Forklift refresher all week."
            let none_first = none.filter(|_| text.says(Label::EveryDay));
            none_first.or_else(|| days_somewhere(text, asked)).or_else(|| only_number(text, asked)).or(none)
        }
        [only] => Some(ends(only)),
        // "nine at the least, a dozen at the most"
        [first, .., last] if asked.scale || text.core.clone().any(|i| text.is(i, words!["most", "least"])) => {
            Some((first.lo.min(last.lo), first.hi.max(last.hi)))
        }
        several => {
            // "3 in the day and 2 after tea", "1 banana 2 satsumas": parts of one number.
            let sum = several.iter().fold((0.0, 0.0), |(lo, hi), a| (lo + a.lo, hi + a.hi));
            let whole = asked.max.is_none_or(|max| sum.1 <= max);
            let parts = several.iter().all(|a| is_part(text, a));
            if parts && whole { Some(sum) } else { several.first().map(|a| ends(a)) }
        }
    }
}

/// "just the one", "I stop at 4": the only small number there is, whatever it looked like.
fn only_number(text: &Text<'_>, asked: &Asked<'_>) -> Option<(f64, f64)> {
    let value = |at: usize| match text.fact(at).number {
        Some(NumberWord::Small(n)) => Some(f64::from(n)),
        _ => text.token(at).filter(|t| t.kind == Kind::Number && t.digits <= 2).map(|t| t.value as f64),
    };
    let mut found = text.core.clone().filter_map(value);
    let only = found.next().filter(|_| found.next().is_none())?;
    (only >= asked.min && only <= asked.max.unwrap_or(asked.believable)).then_some((only, only))
}

fn may_answer(amount: &Amount, asked: &Asked<'_>) -> bool {
    let within = amount.lo >= asked.min
        && asked.max.is_none_or(|max| amount.hi <= max)
        && (asked.max.is_some() || amount.hi <= asked.believable);
    let whole = amount.of.is_none_or(|of| asked.max.is_none_or(|max| (max - of).abs() < f64::EPSILON));
    amount.role == Role::Plain && within && whole && amount.bound != Bound::Open && amount.unit != Unit::Percent
}

fn unit_is_asked(text: &Text<'_>, amount: &Amount, asked: &Asked<'_>) -> bool {
    matches!(unit_fit(text, amount, asked), Fit::Same)
}

fn stands_aside(text: &Text<'_>, amount: &Amount) -> bool {
    amount.past && !is_told(text, amount) || is_hoped(text, amount) || is_no_answer(text, amount)
}
