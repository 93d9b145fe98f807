//! What stands around a number: its unit, its bound, its part, its time.

use super::super::facts::Unit;
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::{Word, words};
use super::apart::{in_postcode, is_road};
use super::{Amount, Bound, Role};

pub(super) fn unit(text: &Text<'_>, amount: &mut Amount) {
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
    if text.word(at) == "mg" && text.word(at + 1) == "dl" {
        amount.unit = Unit::MgDl;
        amount.end = at + 2;
        return;
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

pub(super) fn bound(text: &Text<'_>, amount: &mut Amount) {
    let before = |back: usize, words: &[Word]| amount.from.checked_sub(back).is_some_and(|b| text.is(b, words));
    // "6 glasses plus me tea"
    let beside = text.token(amount.end + 1).is_some_and(|t| t.kind == Kind::Word && t.parted <= Break::Space);
    let more = (text.is(amount.end, words!["or"])
        && text.is(amount.end + 1, words!["more", "so", "thereabouts", "under", "less"]))
        || text.is(amount.end, words!["plus"]) && !beside;
    amount.bound = if before(1, words!["least"])
        || text.is(amount.end, words!["or"]) && text.is(amount.end + 1, words!["more"])
        || text.is(amount.end, words!["minimum"])
        || text.is(amount.end, words!["plus"]) && !beside
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

pub(super) fn role(text: &Text<'_>, amount: &Amount) -> Role {
    let touching = |at: usize| text.token(at).is_some_and(|t| t.parted == Break::None);
    if !amount.words && touching(amount.to) && (text.word(amount.to) == "o" || text.word(amount.to) == "l") {
        return Role::Muddled;
    }
    // "4give", "2moz": digits that are part of a word.
    let glued = !amount.words
        && amount.unit == Unit::None
        && text.token(amount.to).is_some_and(|t| t.kind == Kind::Word && t.parted == Break::None && t.to - t.from > 2)
        && text.fact(amount.to).number.is_none()
        && !text.is(amount.to, words!["ish", "hrs", "over", "bpm"]);
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
        let written = |n: f64| (alone - n).abs() < f64::EPSILON;
        // "2 be honest", "4 me": spelling, not counting.
        let close = text.token(amount.to).is_some_and(|t| t.parted <= Break::Space);
        if close && written(2.0) && text.is(amount.to, words!["be", "b", "go", "see", "my", "the", "me", "him", "her"])
            || close
                && written(4.0)
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
        // "week 2: 7.2"
        let week = before(words!["week", "weeks"])
            && text.sentence_start(amount.from) + 1 == amount.from
            && amount.decimals == 0
            && text.token(amount.to).is_some_and(|t| t.parted >= Break::Comma);
        if week
            || before(words![
                "aged", "age", "im", "ward", "room", "block", "ref", "flat", "type", "stage", "bus", "route", "door",
                "grade", "code", "page", "platform", "junction", "channel", "version", "house", "area", "band", "day"
            ])
            || before(words!["at"])
                && (25.0..=110.0).contains(&alone)
                && text.token(amount.to).is_none_or(|t| t.parted >= Break::Comma || t.kind == Kind::Emoji)
            || text.is(amount.to, words!["bus", "oclock"]) && close
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
    if in_file_name(text, amount) || !amount.words && in_postcode(text, amount.from) {
        return Role::Aside;
    }
    // "14 Tanner Row": a house.
    let unknown =
        |at: usize| text.token(at).is_some_and(|t| t.word == 0 && t.kind == Kind::Word && t.parted == Break::Space);
    if !amount.words && amount.unit == Unit::None && unknown(amount.to) && is_road(text, amount.to + 1) {
        return Role::Aside;
    }
    if amount.unit == Unit::Year || amount.unit == Unit::Money {
        return Role::Aside;
    }
    Role::Plain
}

/// "IMG-20270314-WA0007.jpg": without a blank up to the ending of a file.
fn in_file_name(text: &Text<'_>, amount: &Amount) -> bool {
    (amount.to..amount.to + 8).take_while(|at| text.token(*at).is_some_and(|t| !t.spaced)).any(|at| {
        text.token(at).is_some_and(|t| t.mark == b'.')
            && text.is(
                at,
                words![
                    "jpg", "jpeg", "png", "pdf", "heic", "gif", "webp", "mp4", "mov", "doc", "docx", "xls", "xlsx",
                    "csv", "txt"
                ],
            )
    })
}

/// Words before a number that make it another time's.
pub(super) const PAST_BEFORE: &[Word] = words![
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
pub(super) const PAST_BEHIND: &[Word] = words!["last", "ago", "previously", "usually", "normally"];

/// Last week's figure, the usual one, the one it came down from.
pub(super) fn is_past(text: &Text<'_>, amount: &Amount, since: usize, until: usize) -> bool {
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
        // "280 normally 420": the word belongs to the number it stands before.
        let of_next = until < text.tokens.len() && until - at <= 3 && text.is(at, words!["normally", "usually"]);
        if of_next {
            return false;
        }
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
pub(super) fn spread_past(text: &Text<'_>, found: &mut [Amount]) {
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
