//! Every number of a reply, in digits or words, with its unit and the part it plays: value, date, clock time, phone.

use super::facts::{NumberWord, Unit};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::{Word, words};

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
    /// Whether it is one value.
    pub fn single(&self) -> bool {
        (self.hi - self.lo).abs() < f64::EPSILON
    }
}

struct Numeral {
    value: f64,
    to: usize,
    words: bool,
    doubtful: bool,
    decimals: u8,
    of: Option<f64>,
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
            return Some(aside(at, to, Role::Phone));
        }
        if let Some(to) = date(text, at) {
            return Some(aside(at, to, Role::Date));
        }
        if let Some(to) = ordinal(text, at) {
            return Some(Amount { lo: token.value as f64, hi: token.value as f64, ..aside(at, to, Role::Ordinal) });
        }
    }
    if let Some(to) = super::clock::clock(text, at).map(|c| c.to) {
        return Some(aside(at, to, Role::Clock));
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
        ..aside(at, first.to, Role::Plain)
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

fn aside(from: usize, to: usize, role: Role) -> Amount {
    Amount {
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

/// Ten or more digits that start like a British number, however they are spaced.
fn phone(text: &Text<'_>, at: usize) -> Option<usize> {
    let first = text.token(at)?;
    let start = text.word(at);
    let plus = first.mark == b'+';
    if !(start.starts_with('0') && first.digits >= 3 || plus || start.starts_with("44") && first.digits >= 10) {
        return None;
    }
    let mut digits = usize::from(first.digits);
    let mut to = at + 1;
    while let Some(next) = text.token(to) {
        if next.kind != Kind::Number
            || next.parted > Break::Clause
            || next.marks > 2
            || digits >= 13
            || matches!(next.mark, b',' | b'/')
        {
            break;
        }
        digits += usize::from(next.digits);
        to += 1;
    }
    (9..=14).contains(&digits).then_some(to)
}

/// 12/11/2026, 5.4.27, "12 march", and a day and month after "on".
fn date(text: &Text<'_>, at: usize) -> Option<usize> {
    let day = text.token(at)?;
    if day.value == 0 || day.value > 31 || day.digits > 2 {
        return None;
    }
    let month = text.token(at + 1)?;
    if text.fact(at + 1).month > 0 && month.kind == Kind::Word && month.parted <= Break::Space {
        let year = text
            .token(at + 2)
            .is_some_and(|y| y.kind == Kind::Number && (y.digits == 4 || y.digits == 2 && y.mark == b'\''));
        return Some(at + if year { 3 } else { 2 });
    }
    if month.kind != Kind::Number
        || month.marks != 1
        || month.spaced
        || month.value == 0
        || month.value > 12
        || !matches!(month.mark, b'/' | b'.' | b'-')
    {
        return None;
    }
    if let Some(year) = text.token(at + 2)
        && year.kind == Kind::Number
        && year.mark == month.mark
        && year.marks == 1
        && !year.spaced
        && (year.digits == 4 && (1900..2100).contains(&year.value) || year.digits == 2)
    {
        return Some(at + 3);
    }
    let before = at
        .checked_sub(1)
        .is_some_and(|b| text.is(b, words!["on", "dated", "til", "till", "until", "from", "since", "by", "the"]));
    (before && month.mark == b'/').then_some(at + 2)
}

/// 14th, 3rd; not 11st or 12st, which are stones.
fn ordinal(text: &Text<'_>, at: usize) -> Option<usize> {
    let token = text.token(at)?;
    let suffix = text.token(at + 1)?;
    if suffix.parted != Break::None || suffix.kind != Kind::Word || token.value == 0 || token.value > 31 {
        return None;
    }
    let right = match text.word(at + 1) {
        "st" => matches!(token.value, 1 | 21 | 31),
        "nd" => matches!(token.value, 2 | 22),
        "rd" => matches!(token.value, 3 | 23),
        "th" => true,
        _ => false,
    };
    right.then_some(at + 2)
}

/// One number in digits or words.
fn numeral(text: &Text<'_>, at: usize) -> Option<Numeral> {
    if text.token(at)?.kind == Kind::Number { digits(text, at) } else { words(text, at) }
}

fn digits(text: &Text<'_>, at: usize) -> Option<Numeral> {
    let first = text.token(at)?;
    let mut n = Numeral { value: first.value as f64, to: at + 1, words: false, doubtful: false, decimals: 0, of: None };
    while let Some(next) = text.token(n.to) {
        let touching = next.kind == Kind::Number && next.marks == 1 && !next.spaced;
        if touching && next.mark == b',' && next.digits == 3 && n.decimals == 0 && first.digits <= 3 {
            n.value = n.value * 1000.0 + next.value as f64;
            n.to += 1;
            continue;
        }
        if touching && matches!(next.mark, b'.' | b',') && n.decimals == 0 && next.digits <= 2 && n.of.is_none() {
            n.decimals = next.digits;
            n.value += next.value as f64 / 10f64.powi(i32::from(next.digits));
            n.to += 1;
            continue;
        }
        if touching && next.mark == b'/' && n.of.is_none() && n.decimals == 0 {
            n.of = Some(next.value as f64);
            n.to += 1;
        }
        break;
    }
    fraction(text, &mut n);
    if text.is(n.to, words!["point"]) && text.token(n.to + 1).is_some_and(|t| t.kind == Kind::Number) {
        let part = text.token(n.to + 1)?;
        n.decimals = part.digits;
        n.value += part.value as f64 / 10f64.powi(i32::from(part.digits));
        n.to += 2;
    }
    if text.fact(n.to).number == Some(NumberWord::Thousand)
        && text.token(n.to).is_some_and(|t| t.parted <= Break::Space)
    {
        n.value *= 1000.0;
        n.to += 1;
    }
    Some(n)
}

/// "and a half", "1/2".
fn fraction(text: &Text<'_>, n: &mut Numeral) {
    if text.is(n.to, words!["and"]) {
        let skip = usize::from(text.is(n.to + 1, words!["a"]));
        let part = n.to + 1 + skip;
        let add = match text.fact(part).number {
            Some(NumberWord::Half) => 0.5,
            Some(NumberWord::Quarter) => 0.25,
            _ => return,
        };
        n.value += add;
        n.decimals = 1;
        n.to = part + 1;
        return;
    }
    if let (Some(over), Some(under)) = (text.token(n.to), text.token(n.to + 1))
        && over.kind == Kind::Number
        && over.mark == b' '
        && over.value < under.value
        && under.kind == Kind::Number
        && under.mark == b'/'
        && !under.spaced
        && matches!(under.value, 2 | 4)
    {
        n.value += over.value as f64 / under.value as f64;
        n.decimals = 1;
        n.to += 2;
    }
}

/// A number in words: "one hundred and forty two", "one thirty eight", "six point eight", "half a dozen".
fn words(text: &Text<'_>, at: usize) -> Option<Numeral> {
    let mut to = at;
    let (mut total, mut part, mut any, mut doubtful) = (0f64, 0f64, false, false);
    let mut last = 0u8;
    if text.is(at, words!["a"])
        && matches!(text.fact(at + 1).number, Some(NumberWord::Group(_) | NumberWord::Hundred | NumberWord::Thousand))
    {
        to += 1;
    } else if text.is(at, words!["half"])
        && text.is(at + 1, words!["a"])
        && matches!(text.fact(at + 2).number, Some(NumberWord::Group(12)))
    {
        return Some(Numeral { value: 6.0, to: at + 3, words: true, doubtful: false, decimals: 0, of: None });
    }
    while let Some(token) = text.token(to) {
        if to > at && token.parted >= Break::Comma {
            break;
        }
        let fact = text.fact(to);
        match fact.number {
            Some(NumberWord::Small(n)) if last == 0 || last == 20 && n < 10 || last == 100 => {
                part += f64::from(n);
                last = if n < 10 { 1 } else { 2 };
            }
            // "one thirty eight": the hundred is left out when people read a blood pressure aloud.
            Some(NumberWord::Tens(n)) if last == 0 || last == 100 || last == 1 => {
                part = if last == 1 { part * 100.0 + f64::from(n) } else { part + f64::from(n) };
                last = 20;
            }
            Some(NumberWord::Hundred) if last <= 2 => {
                part = if any && part > 0.0 { part * 100.0 } else { 100.0 };
                last = 100;
            }
            Some(NumberWord::Thousand) if any || to > at => {
                total += part.max(1.0) * 1000.0;
                part = 0.0;
                last = 0;
            }
            Some(NumberWord::Nought | NumberWord::Group(_) | NumberWord::Fold(_)) if !any => {
                part = match fact.number {
                    Some(NumberWord::Group(n) | NumberWord::Fold(n)) => f64::from(n),
                    _ => 0.0,
                };
                any = true;
                to += 1;
                last = 255;
                break;
            }
            None if last == 100
                && text.is(to, words!["and"])
                && matches!(text.fact(to + 1).number, Some(NumberWord::Small(_) | NumberWord::Tens(_))) =>
            {
                to += 1;
                continue;
            }
            _ => break,
        }
        doubtful |= fact.doubtful;
        any = true;
        to += 1;
    }
    if !any {
        return None;
    }
    let mut n = Numeral { value: total + part, to, words: true, doubtful, decimals: 0, of: None };
    if last != 255 && text.fact(to).number == Some(NumberWord::Point) {
        if let Some(NumberWord::Small(d)) = text.fact(to + 1).number {
            n.value += f64::from(d) / 10.0;
            n.decimals = 1;
            n.to += 2;
        } else if let Some(t) = text.token(to + 1).filter(|t| t.kind == Kind::Number) {
            n.value += t.value as f64 / 10f64.powi(i32::from(t.digits));
            n.decimals = t.digits;
            n.to += 2;
        }
    }
    fraction(text, &mut n);
    if n.value == 1.0 && n.to == at + 1 && !one_counts(text, at) {
        return None;
    }
    Some(n)
}

/// "one" is a number in "one day" and "just one", not in "the big one" or "one of them".
fn one_counts(text: &Text<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).is_some_and(|b| {
        text.token(at).is_some_and(|t| t.parted <= Break::Space)
            && !text.is(
                b,
                words![
                    "only", "just", "and", "or", "did", "had", "managed", "about", "yes", "be", "is", "was", "say",
                    "have", "got", "ate", "smoked", "number", "option", "maybe", "around"
                ],
            )
    });
    let after = text.is(
        at + 1,
        words![
            "of", "was", "is", "were", "long", "has", "had", "in", "with", "that", "which", "who", "works", "please"
        ],
    );
    !(before || after && text.token(at + 1).is_some_and(|t| t.parted <= Break::Space))
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
        && (text.is(amount.to, words!["to", "or"]) || between && text.is(amount.to, words!["and"]))
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

fn unit(text: &Text<'_>, amount: &mut Amount) {
    let at = amount.to;
    let close = |at: usize| {
        text.token(at).is_some_and(|t| t.parted <= Break::Space || t.mark == b'/' && !t.spaced || t.mark == b'-')
    };
    if !close(at) {
        return;
    }
    let mut fact = text.fact(at);
    if text.is(at, words!["this"]) {
        return;
    }
    // "79 hr 68", "138,82 p71": a pulse follows. A lone "p" is pence only where it touches.
    let touching = text.token(at).is_some_and(|t| t.parted == Break::None);
    let pulse = text.token(at + 1).is_some_and(|t| t.kind == Kind::Number && t.parted <= Break::Space);
    if text.is(at, words!["hr", "p"]) && (pulse || !touching && text.is(at, words!["p"])) {
        return;
    }
    // "12st": the ordinal suffix of a number that is none.
    if text.is(at, words!["st"]) || text.word(at) == "st" {
        fact.unit = Unit::Stone;
    }
    if fact.unit == Unit::None {
        // "4 short walks", "3 more days"
        let adjective = text.is(
            at,
            words![
                "whole",
                "full",
                "good",
                "long",
                "short",
                "more",
                "odd",
                "big",
                "small",
                "separate",
                "different",
                "proper",
                "little",
                "solid",
                "of"
            ],
        );
        if adjective && close(at + 1) && text.fact(at + 1).unit != Unit::None {
            amount.unit = text.fact(at + 1).unit;
            amount.end = at + 2;
        }
        return;
    }
    amount.unit = fact.unit;
    amount.end = at + 1;
    let slash = text
        .token(at + 1)
        .filter(|t| t.mark == b'/' && !t.spaced || t.word != 0 && text.is(at + 1, words!["per"]))
        .map(|_| text.word(at + 1));
    match (fact.unit, slash) {
        (Unit::Mmol, Some("mol")) => {
            amount.unit = Unit::PerMol;
            amount.end = at + 2;
        }
        (Unit::Mmol, Some("l")) => amount.end = at + 2,
        (Unit::Degree, _) => {
            let next = text.fact(at + 1).unit;
            if matches!(next, Unit::Celsius | Unit::Fahrenheit) {
                amount.unit = next;
                amount.end = at + 2;
            }
        }
        _ => {}
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

fn bound(text: &Text<'_>, amount: &mut Amount) {
    let before = |back: usize, words: &[Word]| amount.from.checked_sub(back).is_some_and(|b| text.is(b, words));
    let more = (text.is(amount.end, words!["or"])
        && text.is(amount.end + 1, words!["more", "so", "thereabouts", "under", "less"]))
        || text.is(amount.end, words!["plus"]);
    amount.bound = if before(1, words!["least"])
        || text.is(amount.end, words!["or"]) && text.is(amount.end + 1, words!["more"])
        || text.is(amount.end, words!["plus", "minimum"])
    {
        Bound::AtLeast
    } else if before(1, words!["than", "over", "under", "above", "below", "minus"]) && !before(2, words!["other"]) {
        Bound::Open
    } else if before(1, words!["about", "around", "roughly", "approx", "approximately", "nearly", "almost", "circa"])
        || before(2, words!["about", "around", "roughly"])
        || text.is(amount.end, words!["ish", "roughly", "approx"])
        || text.is(amount.to, words!["ish"])
        || more
    {
        Bound::About
    } else {
        Bound::Exact
    };
    if text.is(amount.end, words!["ish"]) {
        amount.end += 1;
    }
}

fn role(text: &Text<'_>, amount: &Amount) -> Role {
    let touching = |at: usize| text.token(at).is_some_and(|t| t.parted == Break::None);
    if !amount.words && touching(amount.to) && (text.word(amount.to) == "o" || text.word(amount.to) == "l") {
        return Role::Muddled;
    }
    // "4give", "2moz": digits that are part of a word.
    let glued = !amount.words
        && amount.unit == Unit::None
        && text.token(amount.to).is_some_and(|t| t.kind == Kind::Word && t.parted == Break::None && t.to - t.from > 2)
        && text.fact(amount.to).number.is_none()
        && !text.is(amount.to, words!["ish", "hrs", "over"]);
    if glued {
        return Role::Aside;
    }
    let before = |words: &[Word]| {
        amount
            .from
            .checked_sub(1)
            .is_some_and(|b| text.is(b, words) && text.token(amount.from).is_some_and(|t| t.parted <= Break::Space))
    };
    if !amount.words && amount.single() && amount.unit == Unit::None {
        let alone = amount.lo;
        // "2 be honest", "4 me": spelling, not counting.
        let close = text.token(amount.to).is_some_and(|t| t.parted <= Break::Space);
        if close && alone == 2.0 && text.is(amount.to, words!["be", "b", "go", "see", "my", "the", "me", "him", "her"])
            || close
                && alone == 4.0
                && text
                    .is(amount.to, words!["me", "you", "my", "the", "him", "her", "us", "that", "it", "sure", "give"])
                && amount.from != text.core.start
        {
            return Role::Aside;
        }
        if (1900.0..2100.0).contains(&alone)
            && before(words!["in", "since", "of", "from", "back", "until", "till", "til", "during", "after"])
        {
            return Role::Date;
        }
        if before(words![
            "aged", "age", "im", "ward", "room", "block", "ref", "flat", "type", "stage", "bus", "route", "door",
            "grade", "code", "page", "platform", "junction", "channel", "version", "house", "area", "band", "day"
        ]) || before(words!["at"])
            && (25.0..=110.0).contains(&alone)
            && text.token(amount.to).is_none_or(|t| t.parted >= Break::Comma || t.kind == Kind::Emoji)
            || text.is(amount.to, words!["bus", "oclock"])
            || amount.decimals == 0 && text.is(amount.to, words!["birthday"])
        {
            return Role::Aside;
        }
        if amount.from >= 2
            && text.is(amount.from - 1, words!["am"])
            && text.is(amount.from - 2, words!["i"])
            && alone > 15.0
            && alone < 110.0
            && text.token(amount.to).is_none_or(|t| t.parted >= Break::Comma || t.kind == Kind::Emoji)
        {
            return Role::Aside;
        }
    }
    if amount.unit == Unit::Year || amount.unit == Unit::Money {
        return Role::Aside;
    }
    Role::Plain
}

/// Words before a number that make it another time's.
const PAST_BEFORE: &[Word] = words![
    "was",
    "from",
    "usually",
    "usual",
    "normally",
    "previously",
    "used",
    "than",
    "last",
    "yesterday",
    "instead",
    "not",
];
/// Words behind a number that make it another time's.
const PAST_BEHIND: &[Word] = words!["last", "ago", "previously", "usually", "normally"];

/// Last week's figure, the usual one, the one it came down from.
fn is_past(text: &Text<'_>, amount: &Amount, since: usize, until: usize) -> bool {
    let stop = amount.from.saturating_sub(3).max(since);
    for at in (stop..amount.from).rev() {
        // "5 last week, only 3 this": what follows a number belongs to that number.
        let anothers = at == since && since > 0 && text.is(at, words!["last", "yesterday"]);
        let far = text.is(at, words!["was", "not"]) && amount.from - at > 2;
        if text.is(at, PAST_BEFORE) && !anothers && !far {
            return true;
        }
        if text.token(at + 1).is_some_and(|t| t.parted >= Break::Comma) {
            break;
        }
    }
    let mut at = amount.end;
    while at < until.min(amount.end + 4) && text.token(at).is_some_and(|t| t.parted < Break::Comma) {
        let days_before = text.is(at, words!["before"]) && text.fact(at - 1).unit != Unit::None;
        if text.is(at, PAST_BEHIND) || days_before {
            return true;
        }
        at += 1;
    }
    false
}

/// A number in a list of another time's is of that time too: "was 7.4 yesterday and 8 on Sunday",
/// "6.8 and 7.1 the days before".
fn spread_past(text: &Text<'_>, found: &mut [Amount]) {
    let listed = |a: &Amount, b: &Amount| {
        let between = a.end..b.from;
        let plain = between
            .clone()
            .all(|i| text.is(i, words!["and", "yesterday", "yest", "on", "then"]) || text.fact(i).weekday > 0);
        between.len() <= 3 && plain && text.token(b.from).is_some_and(|t| t.parted <= Break::Comma)
    };
    for i in 1..found.len() {
        if let Some([a, b]) = found.get_mut(i - 1..=i)
            && a.past
            && listed(a, b)
        {
            b.past = true;
        }
    }
    for i in (1..found.len()).rev() {
        if let Some([a, b]) = found.get_mut(i - 1..=i)
            && b.past
            && !a.past
            && text
                .token(a.from)
                .is_some_and(|t| t.parted >= Break::Sentence || a.from == 0 || t.parted == Break::Comma)
            && (b.end..b.end + 3).any(|w| text.is(w, words!["before"]))
            && listed(a, b)
        {
            a.past = true;
            a.end = a.to.max(a.end);
        }
    }
}
