//! Every number of a reply, in digits or words, with its unit and the part it plays: value, date, clock time, phone.

mod about;
mod apart;
mod numeral;

use super::facts::{NumberWord, Unit};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::words;
use about::{bound, is_past, role, spread_past, unit};
pub use apart::is_road;
use apart::{date, ordinal, phone};
use numeral::numeral;

/// The part a number plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// May be a value.
    Plain,
    /// A phone number.
    Phone,
    /// A date or a year.
    Date,
    /// A time of day.
    Clock,
    /// The 14th.
    Ordinal,
    /// A bus, a ward, an age, a house, a reference, "2" for "to".
    Aside,
    /// Letters among the digits.
    Muddled,
}

/// How a value is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// As said.
    Exact,
    /// "about", "ish".
    About,
    /// "at least".
    AtLeast,
    /// "more than", "under", "over".
    Open,
}

/// One number, or one range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// The value, or the lower end.
    pub lo: f64,
    /// The value, or the upper end.
    pub hi: f64,
    /// The number after a slash or "out of".
    pub of: Option<f64>,
    /// Written in words only.
    pub words: bool,
    /// A homophone.
    pub doubtful: bool,
    /// Digits after the point.
    pub decimals: u8,
    /// First token.
    pub from: usize,
    /// One past the last token of the number itself.
    pub to: usize,
    /// The unit behind it.
    pub unit: Unit,
    /// One past its unit.
    pub end: usize,
    /// Its part.
    pub role: Role,
    /// Its bound.
    pub bound: Bound,
    /// Belongs to another time.
    pub past: bool,
}

impl Amount {
    /// A number at a place, with nothing known of it but its part.
    pub fn at(from: usize, to: usize, role: Role) -> Self {
        Self {
            lo: 0.0,
            hi: 0.0,
            of: None,
            words: false,
            doubtful: false,
            decimals: 0,
            from,
            to,
            unit: Unit::None,
            end: to,
            role,
            bound: Bound::Exact,
            past: false,
        }
    }

    /// Whether it is "once", "twice" or "thrice".
    pub fn is_fold(&self, text: &Text<'_>) -> bool {
        matches!(text.fact(self.from).number, Some(NumberWord::Fold(_)))
    }

    /// Whether it is one value.
    pub fn single(&self) -> bool {
        (self.hi - self.lo).abs() < f64::EPSILON
    }
}

/// Finds every number.
pub fn amounts(text: &Text<'_>) -> Vec<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    let mut at = 0;
    // More numbers than this are no answer to anything.
    while at < text.tokens.len() && found.len() < 48 {
        if !may_start(text, at) {
            at += 1;
            continue;
        }
        match amount(text, at) {
            Some(amount) => {
                at = amount.end.max(at + 1);
                found.push(amount);
            }
            None => at += 1,
        }
    }
    for i in 0..found.len() {
        let until = found.get(i + 1).map_or(text.tokens.len(), |a| a.from);
        let since = i.checked_sub(1).and_then(|p| found.get(p)).map_or(0, |a| a.end);
        if let Some(amount) = found.get_mut(i) {
            amount.past = is_past(text, amount, since, until);
        }
    }
    spread_past(text, &mut found);
    found
}

/// Whether a number may start here: most words need no closer look.
fn may_start(text: &Text<'_>, at: usize) -> bool {
    text.token(at).is_some_and(|t| t.kind == Kind::Number)
        || text.fact(at).number.is_some()
        || text.is(at, words!["a", "noon", "midday", "midnight"])
}

fn amount(text: &Text<'_>, at: usize) -> Option<Amount> {
    let token = text.token(at)?;
    if matches!(token.kind, Kind::Email | Kind::Url | Kind::Emoji) {
        return None;
    }
    if token.kind == Kind::Number {
        if let Some(to) = phone(text, at) {
            return Some(Amount::at(at, to, Role::Phone));
        }
        if let Some(to) = date(text, at) {
            return Some(Amount::at(at, to, Role::Date));
        }
        if let Some(to) = ordinal(text, at) {
            return Some(Amount {
                lo: token.value as f64,
                hi: token.value as f64,
                ..Amount::at(at, to, Role::Ordinal)
            });
        }
    }
    if let Some(to) = super::clock::clock(text, at).map(|c| c.to) {
        return Some(Amount::at(at, to, Role::Clock));
    }
    let first = numeral(text, at)?;
    let mut amount = Amount {
        lo: first.value,
        hi: first.value,
        of: first.of,
        words: first.words,
        doubtful: first.doubtful,
        decimals: first.decimals,
        to: first.to,
        end: first.to,
        ..Amount::at(at, first.to, Role::Plain)
    };
    extend_range(text, &mut amount);
    unit(text, &mut amount);
    if first.of.is_none() {
        out_of(text, &mut amount);
    }
    bound(text, &mut amount);
    amount.role = role(text, &amount);
    Some(amount)
}

fn extend_range(text: &Text<'_>, amount: &mut Amount) {
    if amount.of.is_some() {
        return;
    }
    let Some(next) = text.token(amount.to) else {
        return;
    };
    let between = (1..=2).any(|back| amount.from.checked_sub(back).is_some_and(|b| text.is(b, words!["between"])));
    let start = if next.kind == Kind::Number && next.mark == b'-' && next.marks == 1 {
        amount.to
    } else if next.parted <= Break::Space
        && (text.is(amount.to, words!["to", "or", "maybe", "possibly", "perhaps"])
            || between && text.is(amount.to, words!["and"]))
    {
        amount.to + 1 + usize::from(text.is(amount.to + 1, words!["maybe", "even", "possibly"]))
    } else {
        return;
    };
    if date(text, start).is_some()
        || ordinal(text, start).is_some()
        || super::clock::clock(text, start).is_some_and(|c| !c.bare)
    {
        return;
    }
    // "between a 4 and a 6"
    let start = start + usize::from(between && text.is(start, words!["a", "an"]));
    let Some(upper) = numeral(text, start) else {
        return;
    };
    if upper.value > amount.lo && upper.of.is_none() {
        amount.hi = upper.value;
        amount.to = upper.to;
        amount.end = upper.to;
        amount.words &= upper.words;
    }
}

fn out_of(text: &Text<'_>, amount: &mut Amount) {
    let mut at = amount.end;
    if text.is(at, words!["out"]) {
        at += 1;
    }
    if !text.is(at, words!["of"]) {
        return;
    }
    at += 1;
    if text.is(at, words!["the", "a"]) {
        at += 1;
    }
    if let Some(n) = numeral(text, at)
        && n.value >= amount.hi
    {
        amount.of = Some(n.value);
        amount.end = n.to;
    }
}
