//! Blood pressure in every spoken form, with the pulse beside it.

use super::super::context::Context;
use super::super::numbers::{Amount, Role};
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::understanding::Reading;
use super::super::vocabulary::{Word, words};
use super::{Found, Owner, limit, owner, owner_behind};
use crate::domain::reply::understanding::Route;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Figure {
    value: u64,
    digits: u8,
    from: usize,
    to: usize,
    words: bool,
    about: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    upper: u64,
    lower: u64,
    pulse: Option<u64>,
    from: usize,
    to: usize,
    words: bool,
    about: bool,
    slash: bool,
}

const UPPER: &[Word] = words!["sys", "systolic", "top", "upper", "higher", "syst", "systole", "high",];
const LOWER: &[Word] = words!["dia", "diastolic", "bottom", "lower", "dis", "low", "diast", "btm", "dias", "diastole",];
const PULSE: &[Word] =
    words!["pulse", "p", "heart", "hr", "bpm", "rate", "pr", "puls", "heartrate", "beats", "plus", "pul", "beat"];

/// Reads blood pressures; unasked ones only when they look like nothing else.
pub fn read(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], asked: bool, by_carer: bool) -> Found {
    let mut found = Found::default();
    let figures = figures(text, amounts);
    let muddled = amounts.iter().any(|a| a.role == Role::Muddled);
    let labelled = labelled(text, &figures);
    let pairs = if labelled.is_empty() { pairs(text, &figures) } else { labelled };
    let plausible = &context.reader.settings.plausible;
    let holds = |p: &Pair| {
        plausible.systolic.holds(p.upper as f64) && plausible.diastolic.holds(p.lower as f64) && p.lower < p.upper
    };
    let named = (0..text.tokens.len()).any(|i| text.is(i, words!["bp", "pressure", "systolic", "sys", "mmhg"]));
    let cut = &context.reader.settings.cut_off;
    let urgent = |p: &Pair| {
        limit(p.upper as f64, &cut.systolic) == Route::Urgent || limit(p.lower as f64, &cut.diastolic) == Route::Urgent
    };

    let mut kept: Vec<Pair> = Vec::new();
    let mut others = 0;
    let mut since = 0;
    for pair in &pairs {
        let whose = if by_carer {
            Owner::Own
        } else if pairs.len() > 1 || named_relation(text, pair.from) {
            if pairs.len() > 1 && owner_behind(text, pair.to) { Owner::Other } else { owner(text, pair.from, since) }
        } else {
            Owner::Own
        };
        let denied = pair.from.checked_sub(1).is_some_and(|b| text.is(b, words!["not"]));
        let past = is_past(text, pair, since);
        since = pair.to;
        if denied {
            continue;
        }
        if whose == Owner::Other && asked {
            others += 1;
            found.danger_left_out |= holds(pair) && urgent(pair);
            continue;
        }
        if past && asked {
            found.doubt("a reading of another time was left out");
            continue;
        }
        if holds(pair) {
            kept.push(*pair);
        } else if asked && (pair.slash || pairs.len() == 1) {
            found.ask_again = Some("blood pressure is not plausible");
        }
    }
    if others > 0 {
        found.doubt("a reading of somebody else was left out");
        if kept.is_empty() {
            found.ask_again = Some("two people: whose reading is it?");
            return found;
        }
    }
    if !asked {
        kept.retain(|p| p.slash && (p.upper >= 80 || named) || named && p.upper >= 80);
    }
    let elsewhere = (0..text.tokens.len()).any(|i| {
        text.is(i, words!["hospital", "clinic", "surgery", "gp", "doctors", "doctor", "nurse", "chemist", "pharmacy"])
    });
    if asked && kept.len() > 1 && elsewhere {
        found.doubt("taken in different places");
    }
    if asked && kept.len() > 1 {
        corrected(text, &mut kept, &mut found, &urgent);
    }
    for pair in &kept {
        if pair.words {
            found.doubt("blood pressure in words");
        }
        if pair.about {
            found.doubt("rounded by the person");
        }
        let pulse = pair.pulse.filter(|p| plausible.pulse.holds(*p as f64)).map(|p| p as u16);
        found.push(
            Reading::Bp { systolic: pair.upper as u16, diastolic: pair.lower as u16, pulse },
            pair.from,
            pair.to,
        );
    }
    if asked && found.is_empty() && found.ask_again.is_none() && (muddled || !figures.is_empty()) {
        found.ask_again = Some("no blood pressure can be read from these numbers");
    }
    if !found.is_empty() && found.ask_again.take().is_some() {
        found.doubt("one of the numbers is not plausible");
    }
    found
}

/// Whole numbers that may be part of a blood pressure.
fn figures(text: &Text<'_>, amounts: &[Amount]) -> Vec<Figure> {
    let mut out = Vec::new();
    for amount in amounts {
        if amount.role != Role::Plain && amount.role != Role::Muddled {
            continue;
        }
        if amount.words {
            let about = amount.bound == super::super::numbers::Bound::About;
            if amount.lo.fract() == 0.0 && amount.lo >= 20.0 {
                out.push(Figure {
                    value: amount.lo as u64,
                    digits: 3,
                    from: amount.from,
                    to: amount.to,
                    words: true,
                    about,
                });
            }
            continue;
        }
        let pulse = text.is(amount.to, PULSE) || amount.from.checked_sub(1).is_some_and(|b| text.is(b, PULSE));
        if amount.unit != super::super::facts::Unit::None
            && !pulse
            && !matches!(amount.unit, super::super::facts::Unit::MmHg | super::super::facts::Unit::Money)
        {
            continue;
        }
        if amount.role == Role::Muddled {
            continue;
        }
        let about =
            amount.bound == super::super::numbers::Bound::About || text.is(amount.to, words!["something", "odd"]);
        for at in amount.from..amount.to {
            if let Some(token) = text.token(at)
                && token.kind == Kind::Number
            {
                out.push(Figure {
                    value: token.value,
                    digits: token.digits,
                    from: at,
                    to: at + 1,
                    words: false,
                    about,
                });
            }
        }
    }
    // "p71" and "pulse 71": money to the number reader, a pulse here.
    for amount in amounts.iter().filter(|a| a.role == Role::Aside && !a.words) {
        if amount.from.checked_sub(1).is_some_and(|b| text.is(b, PULSE))
            && let Some(token) = text.token(amount.from)
        {
            out.push(Figure {
                value: token.value,
                digits: token.digits,
                from: amount.from,
                to: amount.from + 1,
                words: false,
                about: false,
            });
        }
    }
    out.sort_by_key(|f| f.from);
    out
}

/// What parts two figures of a pair, if it is nothing else.
fn joins(text: &Text<'_>, first: &Figure, second: &Figure) -> Option<bool> {
    if second.from == first.to {
        let token = text.token(second.from)?;
        if token.parted >= Break::Line {
            return None;
        }
        return match token.mark {
            b'/' | b'\\' => Some(true),
            b'-' | b'.' | b',' | b':' | b'\'' | b'|' | b'_' | b'*' | b';' => Some(!token.spaced && first.digits == 3),
            b' ' => Some(false),
            _ => None,
        };
    }
    let between = first.to..second.from;
    if between.len() <= 2 && between.clone().any(|i| text.is(i, words!["over", "ovr", "ova", "slash", "stroke"])) {
        return Some(true);
    }
    let some = usize::from(text.is(first.to, words!["something", "odd"]));
    if some == 1 && between.len() == 2 && text.is(first.to + 1, words!["over", "on"]) {
        return Some(true);
    }
    (between.len() == 1 && text.is(first.to, words!["on", "and", "by", "ish", "mmhg", "na"])).then_some(true)
}

fn pairs(text: &Text<'_>, figures: &[Figure]) -> Vec<Pair> {
    let mut out = Vec::new();
    let mut i = 0;
    while let (Some(first), Some(second)) = (figures.get(i), figures.get(i + 1)) {
        let Some(slash) =
            joins(text, first, second).filter(|_| first.digits <= 4 && second.digits <= 4 && !is_pulse(text, first))
        else {
            i += 1;
            continue;
        };
        // Four or more bare figures side by side are read by nobody: "1 4 2 8 1".
        if !slash && (first.value < 60 || second.value < 25) {
            i += 1;
            continue;
        }
        let mut pair = Pair {
            upper: first.value,
            lower: second.value,
            pulse: None,
            from: first.from,
            to: second.to,
            words: first.words && second.words,
            about: first.about || second.about || text.is(second.to, words!["ish"]),
            slash,
        };
        i += 2;
        if let Some(third) = figures.get(i)
            && is_third(text, &pair, third, figures.get(i + 1))
        {
            pair.pulse = Some(third.value);
            pair.to = third.to;
            i += 1;
        }
        out.push(pair);
    }
    // "pulse 55 and blood pressure 118/66"
    if let [only] = out.as_mut_slice()
        && only.pulse.is_none()
        && let [pulse] = figures.iter().filter(|f| f.to <= only.from && is_pulse(text, f)).collect::<Vec<_>>()[..]
    {
        only.pulse = Some(pulse.value);
        only.from = only.from.min(pulse.from);
    }
    out
}

fn is_pulse(text: &Text<'_>, figure: &Figure) -> bool {
    (1..=3).any(|back| {
        figure.from.checked_sub(back).is_some_and(|b| {
            text.is(b, PULSE)
                && (b + 1..figure.from).all(|i| text.is(i, words!["rate", "was", "is", "of", "beat", "beats", "heart"]))
        })
    })
}

fn is_third(text: &Text<'_>, pair: &Pair, third: &Figure, fourth: Option<&Figure>) -> bool {
    if is_pulse(text, third) {
        return true;
    }
    if text.is(third.to, PULSE) && text.token(third.to).is_some_and(|t| t.parted <= Break::Space) {
        return true;
    }
    if third.from != pair.to {
        return false;
    }
    let opens_pair = fourth.is_some_and(|f| {
        f.from == third.to && text.token(f.from).is_some_and(|t| matches!(t.mark, b'/' | b'-' | b'.' | b',' | b'\\'))
            || text.is(third.to, words!["over"])
    });
    text.token(third.from).is_some_and(|t| t.parted <= Break::Comma && matches!(t.mark, b'/' | b' ' | b',' | b'-'))
        && !opens_pair
}

/// "sys 138 dia 82 pulse 71", "127 sys 90 dis 99 pulse", "bottom one is 79, top one 133".
fn labelled(text: &Text<'_>, figures: &[Figure]) -> Vec<Pair> {
    let (mut upper, mut lower, mut pulse): (Option<Figure>, Option<Figure>, Option<Figure>) = (None, None, None);
    let after = figures.first().is_some_and(|f| {
        let next = f.to;
        (text.is(next, UPPER) || text.is(next, LOWER))
            && text.token(next).is_some_and(|t| t.parted <= Break::Space)
            && !(1..=2).filter_map(|back| f.from.checked_sub(back)).any(|b| text.is(b, UPPER) || text.is(b, LOWER))
    });
    for figure in figures {
        let label = if after {
            // "127 systolic, 68 diastolic, pulse 59": the pulse is named before its number all the same.
            let behind = Some(figure.to).filter(|at| text.token(*at).is_some_and(|t| t.parted <= Break::Space));
            let named = |at: &usize| [UPPER, LOWER, PULSE].iter().any(|words| text.is(*at, words));
            behind.filter(named).or_else(|| {
                (1..=3)
                    .filter_map(|back| figure.from.checked_sub(back))
                    .find(|b| text.is(*b, PULSE) && is_pulse(text, figure))
            })
        } else {
            (1..=4)
                .filter_map(|back| figure.from.checked_sub(back))
                .find(|b| text.is(*b, UPPER) || text.is(*b, LOWER) || text.is(*b, PULSE))
                .filter(|b| (b + 1..figure.from).all(|i| text.token(i).is_some_and(|t| t.kind == Kind::Word)))
        };
        let Some(label) = label else { continue };
        let slot = if text.is(label, UPPER) {
            &mut upper
        } else if text.is(label, LOWER) {
            &mut lower
        } else if text.is(label, PULSE) {
            &mut pulse
        } else {
            continue;
        };
        if slot.is_some() {
            return Vec::new();
        }
        *slot = Some(*figure);
    }
    let (Some(upper), Some(lower)) = (upper, lower) else {
        return Vec::new();
    };
    let spans = [Some(upper), Some(lower), pulse];
    vec![Pair {
        upper: upper.value,
        lower: lower.value,
        pulse: pulse.map(|p| p.value),
        from: spans.iter().flatten().map(|f| f.from).min().unwrap_or(0),
        to: spans.iter().flatten().map(|f| f.to).max().unwrap_or(0),
        words: upper.words && lower.words,
        about: upper.about || lower.about,
        slash: true,
    }]
}

/// "150/90 sorry 145/90": the corrected value wins.
fn corrected(text: &Text<'_>, kept: &mut Vec<Pair>, found: &mut Found, urgent: &impl Fn(&Pair) -> bool) {
    let mut i = 1;
    while i < kept.len() {
        let (Some(before), Some(after)) = (kept.get(i - 1).copied(), kept.get(i).copied()) else {
            break;
        };
        let corrects = (before.to..after.from).len() <= 12
            && (before.to..after.from).any(|at| super::super::count::is_correction(text, at));
        // "136/88 no 138/86"
        let corrects = corrects || after.from == before.to + 1 && text.is(before.to, words!["no", "nope", "not"]);
        if corrects {
            if urgent(&before) {
                found.danger_left_out = true;
                found.doubt("the value before the correction was urgent");
            }
            kept.remove(i - 1);
        } else {
            i += 1;
        }
    }
}

/// A relative or a pet stands before the only reading.
fn named_relation(text: &Text<'_>, from: usize) -> bool {
    (from.saturating_sub(6)..from)
        .any(|i| text.within(i, &text.lexicon.known.relation) || text.is(i, words!["his", "hers"]))
}

fn is_past(text: &Text<'_>, pair: &Pair, since: usize) -> bool {
    let last = |at: usize| text.is(at, words!["last", "yesterday", "ago"]);
    let until = text.sentence_end(pair.from);
    let after = (pair.to..until.min(pair.to + 6))
        .take_while(|i| text.token(*i).is_some_and(|t| t.kind != Kind::Number && t.parted < Break::Comma))
        .any(last);
    let before = (since.max(pair.from.saturating_sub(4))..pair.from)
        .any(|i| text.is(i, words!["was"]) && (pair.to..until.min(pair.to + 6)).any(last));
    after || before
}
