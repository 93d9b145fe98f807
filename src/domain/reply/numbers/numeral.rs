//! One number in digits or in words.

use super::super::facts::NumberWord;
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::words;

pub(super) struct Numeral {
    pub value: f64,
    pub to: usize,
    pub words: bool,
    pub doubtful: bool,
    pub decimals: u8,
    pub of: Option<f64>,
}

/// One number in digits or words.
pub(super) fn numeral(text: &Text<'_>, at: usize) -> Option<Numeral> {
    if text.token(at)?.kind == Kind::Number { digits(text, at) } else { spoken(text, at).or_else(|| words(text, at)) }
}

/// "one three six over eight one": a blood pressure read out digit by digit, at both sides of its "over".
fn spoken(text: &Text<'_>, at: usize) -> Option<Numeral> {
    let digit = |i: usize| match text.fact(i).number {
        Some(NumberWord::Small(n)) if n < 10 => Some(f64::from(n)),
        Some(NumberWord::Nought) => Some(0.0),
        _ => text.is(i, words!["oh", "o"]).then_some(0.0),
    };
    let joined = |i: usize| i == at || text.token(i).is_some_and(|t| t.parted <= Break::Space);
    let run = (at..at + 4).take_while(|i| joined(*i) && digit(*i).is_some()).count();
    let over = |i: usize| text.is(i, words!["over", "ovr"]);
    let upper = run == 3 && over(at + 3);
    let lower = matches!(run, 2 | 3) && at.checked_sub(1).is_some_and(over);
    if !upper && !lower {
        return None;
    }
    let value = (at..at + run).filter_map(digit).fold(0.0, |n, d| n * 10.0 + d);
    Some(Numeral { value, to: at + run, words: true, doubtful: false, decimals: 0, of: None })
}

pub(super) fn digits(text: &Text<'_>, at: usize) -> Option<Numeral> {
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
pub(super) fn fraction(text: &Text<'_>, n: &mut Numeral) {
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
pub(super) fn words(text: &Text<'_>, at: usize) -> Option<Numeral> {
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
    if (n.value - 1.0).abs() < f64::EPSILON && n.to == at + 1 && !one_counts(text, at) {
        return None;
    }
    Some(n)
}

/// "one" is a number in "one day" and "just one", not in "the big one" or "one of them".
pub(super) fn one_counts(text: &Text<'_>, at: usize) -> bool {
    if text.is(at, words!["once"]) {
        // "just the once" counts; "at once", "once again" and "once I am back" do not.
        let before = at.checked_sub(1).is_some_and(|b| text.is(b, words!["at", "all", "every"]));
        let after = ["again", "more", "upon", "i", "im", "ive", "we", "the", "my", "it", "they", "he", "she", "you"];
        let goes_on = text.token(at + 1).is_some_and(|t| t.parted < Break::Comma);
        return !(before || goes_on && after.contains(&text.word(at + 1)));
    }
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
