//! Digits that are no number of anything: phone numbers, dates, the 14th.

use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::words;

/// Ten or more digits that start like a British number, however they are spaced.
pub(super) fn phone(text: &Text<'_>, at: usize) -> Option<usize> {
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
pub(super) fn date(text: &Text<'_>, at: usize) -> Option<usize> {
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
pub(super) fn ordinal(text: &Text<'_>, at: usize) -> Option<usize> {
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

/// Whether a number stands in a postcode: "B15 2TT", "ZZ3 5HD".
pub(super) fn in_postcode(text: &Text<'_>, at: usize) -> bool {
    let letters = |at: usize, most: usize| {
        text.token(at).is_some_and(|t| t.kind == Kind::Word)
            && (1..=most).contains(&text.word(at).len())
            && text.word(at).bytes().all(|b| b.is_ascii_lowercase())
    };
    let number = |at: usize, most: u8| text.token(at).is_some_and(|t| t.kind == Kind::Number && t.digits <= most);
    let touching = |at: usize| text.token(at).is_some_and(|t| t.parted == Break::None);
    // The outward part: letters, one or two digits, perhaps a letter; the inward part: a digit and two letters.
    let whole = |first: usize| {
        let outward = letters(first, 2) && number(first + 1, 2) && touching(first + 1);
        let inward = first + 2 + usize::from(letters(first + 2, 1) && touching(first + 2));
        outward
            && number(inward, 1)
            && text.token(inward).is_some_and(|t| t.parted <= Break::Space)
            && letters(inward + 1, 2)
            && text.word(inward + 1).len() == 2
            && touching(inward + 1)
    };
    (1..=3).filter_map(|back| at.checked_sub(back)).any(whole)
}

/// Whether a word is one of those that streets and houses are called by.
pub fn is_road(text: &Text<'_>, at: usize) -> bool {
    text.is(
        at,
        words![
            "road", "street", "lane", "avenue", "close", "drive", "way", "court", "crescent", "gardens", "rise",
            "mews", "terrace", "place", "square", "grove", "hill", "row", "walk", "view", "park", "rd", "st", "ave",
            "cottage", "cottages", "farm", "creamery", "house", "flat", "green", "yard", "brae", "wynd", "parade",
            "gate", "hall", "croft", "bank", "mount", "vale"
        ],
    )
}
