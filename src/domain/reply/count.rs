//! Answers that are a number: a count of days or things, or a mark on a scale.

use super::facts::Unit;
use super::label::Label;
use super::numbers::{Amount, Bound, Role};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::words;

/// What was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The unit's name, in the plural.
    pub unit: &'a str,
    /// Least.
    pub min: f64,
    /// Most.
    pub max: Option<f64>,
    /// What is doubted beyond, where there is no most.
    pub believable: f64,
    /// The words of the question.
    pub prompt: &'a str,
    /// A mark on a scale, not a count.
    pub scale: bool,
}

/// A number that answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    /// A value, or a range.
    Value {
        /// The value or the lower end.
        lo: f64,
        /// The same or the upper end.
        hi: f64,
        /// A person has to check it, and why.
        check: Option<&'static str>,
        /// Tokens.
        span: (usize, usize),
    },
    /// Numbers that cannot be filed.
    AskAgain(&'static str),
    /// No number.
    None,
}

/// Words with which people take back what they wrote.
pub fn is_correction(text: &Text<'_>, at: usize) -> bool {
    text.is(
        at,
        words![
            "sorry",
            "mean",
            "meant",
            "actually",
            "correction",
            "oops",
            "wait",
            "scrap",
            "rather",
            "typo",
            "edit",
            "should"
        ],
    ) || text.is(at, words!["no"])
        && text.token(at).is_some_and(|t| t.parted >= Break::Comma || t.parted >= Break::Sentence)
        || text.is(at, words!["make"]) && text.is(at + 1, words!["that", "it"])
}

/// Reads a count or a mark.
pub fn read(text: &Text<'_>, amounts: &[Amount], asked: &Asked<'_>) -> Answer {
    if let Some(answer) = whole_period(text, asked) {
        return answer;
    }
    let mut wrong_unit = None;
    let mut fits: Vec<(Amount, bool)> = Vec::new();
    for amount in amounts {
        match amount.role {
            Role::Plain => {}
            Role::Muddled => return Answer::AskAgain("letters among the digits"),
            _ => continue,
        }
        if amount.past || text.nought(amount.from) && (amount.lo != 0.0 || text.says(Label::OtherDay)) {
            continue;
        }
        match unit_fit(text, amount, asked) {
            Fit::Other => wrong_unit = Some("another unit than the one asked for"),
            Fit::Bare => fits.push((*amount, false)),
            Fit::Same => fits.push((*amount, true)),
        }
    }
    let nought = text.all(Label::Nought).find(|h| !text.idiom(h.from as usize, h.to as usize));
    if let Some(hit) = nought
        && !fits.iter().any(|(a, _)| a.hi > 0.0)
        && !asked.scale
    {
        let quit = text.is(hit.from as usize, words!["quit", "stopped", "have", "given", "gave"]);
        return Answer::Value {
            lo: 0.0,
            hi: 0.0,
            check: quit.then_some("says it has stopped"),
            span: (hit.from as usize, hit.to as usize),
        };
    }
    let Some(chosen) = choose(text, &fits) else {
        if fits.is_empty()
            && let Some(answer) = named_days(text, asked)
        {
            return answer;
        }
        return match (fits.is_empty(), wrong_unit) {
            (false, _) => Answer::AskAgain("several numbers, and nothing says which"),
            (true, Some(why)) => Answer::AskAgain(why),
            (true, None) => Answer::None,
        };
    };
    // "4 pints Friday and 2 on Sunday": a bare number behind another unit counts that unit.
    let follows = amounts.iter().any(|a| {
        matches!(unit_fit(text, a, asked), Fit::Other)
            && a.role == Role::Plain
            && a.end <= chosen.amount.from
            && text.sentence_end(a.from) > chosen.amount.from
            && (a.end..chosen.amount.from).any(|i| text.is(i, words!["and"]))
    });
    if follows && matches!(unit_fit(text, &chosen.amount, asked), Fit::Bare) {
        return Answer::AskAgain("another unit than the one asked for");
    }
    // "2 apples and a banana": one more of something stands behind.
    let one_more = asked.unit == "portions"
        && text.is(chosen.amount.end + 1, words!["and", "plus"])
        && text.is(chosen.amount.end + 2, words!["a", "an", "some"]);
    if one_more {
        return Answer::AskAgain("more is named than the number");
    }
    judge(text, &chosen, asked)
}

struct Chosen {
    amount: Amount,
    check: Option<&'static str>,
}

fn choose(text: &Text<'_>, fits: &[(Amount, bool)]) -> Option<Chosen> {
    let (first, rest) = fits.split_first()?;
    if rest.is_empty() {
        return Some(Chosen { amount: first.0, check: None });
    }
    let last = fits.last()?;
    // "5. no 4": what was taken back does not count.
    if fits.windows(2).any(|w| matches!(w, [a, b] if (a.0.end..b.0.from).len() <= 6 && (a.0.end..b.0.from).any(|i| is_correction(text, i)))) {
        return Some(Chosen { amount: last.0, check: None });
    }
    if let Some(now) = fits.iter().find(|(a, _)| {
        (a.end..a.end + 3).any(|i| text.is(i, words!["this"]))
            || (a.from.saturating_sub(3)..a.from).any(|i| text.is(i, words!["now"]))
    }) {
        return Some(Chosen { amount: now.0, check: None });
    }
    let conditional = |a: &Amount| {
        (a.end..a.end + 2).any(|i| text.is(i, words!["if", "unless"]))
            || text.is(a.end, words!["on"]) && text.is(a.end + 1, words!["a", "good", "bad"])
    };
    if fits.len() == 2 && fits.iter().all(|(a, _)| conditional(a)) {
        let (lo, hi) = (first.0.lo.min(last.0.lo), first.0.hi.max(last.0.hi));
        return Some(Chosen { amount: Amount { lo, hi, ..first.0 }, check: Some("depends on something") });
    }
    let same: Vec<_> = fits.iter().filter(|(_, same)| *same).collect();
    if let [only] = same.as_slice() {
        return Some(Chosen { amount: only.0, check: None });
    }
    if same.len() == fits.len() && fits.len() == 2 && noun(text, &first.0) != noun(text, &last.0) {
        // "3 veg 2 fruit" are five portions; a person checks the sum.
        let lo = first.0.lo + last.0.lo;
        return Some(Chosen { amount: Amount { lo, hi: lo, end: last.0.end, ..first.0 }, check: Some("added up") });
    }
    if same.len() == fits.len() {
        return None;
    }
    // The number the reply opens with is the answer when the others belong to something else that is named.
    let opens =
        first.0.from == text.core.start || text.token(first.0.from).is_some_and(|t| t.parted >= Break::Sentence);
    let parted =
        rest.iter().all(|(a, _)| text.token(a.end).is_some_and(|t| t.kind == Kind::Word && t.parted <= Break::Space));
    let closes = text.token(first.0.end).is_none_or(|t| t.parted >= Break::Comma)
        || text.is(first.0.end, words!["for", "because", "so", "but", "and", "if"]);
    if opens && parted && closes {
        return Some(Chosen { amount: first.0, check: None });
    }
    None
}

fn noun<'t>(text: &'t Text<'_>, amount: &Amount) -> &'t str {
    text.word(amount.end.saturating_sub(1))
}

fn judge(text: &Text<'_>, chosen: &Chosen, asked: &Asked<'_>) -> Answer {
    let mut amount = chosen.amount;
    let mut check = chosen.check;
    if amount.doubtful {
        check = Some("a word that sounds like a number");
    }
    if let Some(of) = amount.of {
        let whole = asked.max.is_none_or(|max| (max - of).abs() < f64::EPSILON);
        if !whole && !asked.scale {
            return Answer::AskAgain("out of another number");
        }
        if amount.lo > of {
            return Answer::AskAgain("more than the whole");
        }
        if asked.scale && !whole {
            return Answer::AskAgain("another scale");
        }
    }
    if amount.unit == Unit::Percent {
        if asked.scale && amount.lo <= 100.0 {
            return Answer::Value {
                lo: amount.lo / 10.0,
                hi: amount.lo / 10.0,
                check: Some("a percentage"),
                span: (amount.from, amount.end),
            };
        }
        return Answer::AskAgain("a percentage");
    }
    match amount.bound {
        Bound::AtLeast => match asked.max {
            Some(max) if max >= amount.hi => amount.hi = max,
            _ => return Answer::AskAgain("a lower limit, no number"),
        },
        Bound::Open => return Answer::AskAgain("a limit, no number"),
        _ => {}
    }
    let minus = text
        .token(amount.from)
        .is_some_and(|t| t.mark == b'-' && t.marks == 1 && !t.spaced && amount.from == text.core.start)
        || amount.from.checked_sub(1).is_some_and(|b| text.is(b, words!["minus"]));
    if minus && amount.lo > 0.0 {
        return Answer::AskAgain("below nought");
    }
    if amount.lo < asked.min
        || asked.max.is_some_and(|max| amount.hi > max)
        || asked.max.is_none() && amount.hi > asked.believable
    {
        return Answer::AskAgain("outside what was asked");
    }
    if text.is(amount.end, words!["more"]) && text.is(amount.end + 1, words!["if"]) {
        check = Some("may be more");
    }
    let daily = text.is(amount.end, words!["daily"])
        || text.is(amount.end, words!["a"]) && text.is(amount.end + 1, words!["day"]);
    if daily && !asked.scale && asked.unit != "cigarettes" && asked.max.is_none() && asked.prompt.contains("week") {
        return Answer::Value {
            lo: amount.lo * 7.0,
            hi: amount.hi * 7.0,
            check: Some("times seven days"),
            span: (amount.from, amount.end),
        };
    }
    Answer::Value { lo: amount.lo, hi: amount.hi, check, span: (amount.from, amount.end) }
}

enum Fit {
    Same,
    Bare,
    Other,
}

fn unit_fit(text: &Text<'_>, amount: &Amount, asked: &Asked<'_>) -> Fit {
    if asked.scale {
        return match amount.unit {
            Unit::None | Unit::Percent => Fit::Bare,
            Unit::Time => Fit::Other,
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

fn wanted_unit(text: &Text<'_>, asked: &Asked<'_>) -> Unit {
    let id = text.lexicon.vocabulary.exact(asked.unit);
    text.lexicon.fact(id).unit
}

/// Whether a word's stem stands in a text: "walks" in "get out for a walk".
fn stem_in(word: &str, text: &str) -> bool {
    let stem = word.strip_suffix('s').unwrap_or(word);
    stem.len() > 2 && text.as_bytes().windows(stem.len()).any(|w| w.eq_ignore_ascii_case(stem.as_bytes()))
}

/// "every day bar Sunday", "all week", "every other day".
fn whole_period(text: &Text<'_>, asked: &Asked<'_>) -> Option<Answer> {
    if asked.scale {
        return None;
    }
    let days = asked.unit == "days";
    if !days {
        return None;
    }
    let max = asked.max.unwrap_or(7.0);
    if let Some(hit) = text.first(Label::OtherDay) {
        return Some(Answer::Value {
            lo: (max / 2.0).floor(),
            hi: (max / 2.0).ceil(),
            check: None,
            span: (hit.from as usize, hit.to as usize),
        });
    }
    let hit = text.all(Label::EveryDay).next()?;
    let opens = (hit.from as usize) <= text.core.start + 2
        || text.token(hit.from as usize).is_some_and(|t| t.parted >= Break::Sentence);
    if !opens {
        return None;
    }
    let from = hit.from as usize;
    let mut missed = 0.0;
    let mut to = hit.to as usize;
    let except =
        (to..to + 3).find(|i| text.is(*i, words!["bar", "except", "but", "apart", "excluding", "minus", "besides"]));
    if let Some(at) = except {
        let end = text.sentence_end(at);
        for i in at..end {
            if text.fact(i).weekday > 0 && !text.is(i, words!["sun"])
                || text.is(i, words!["yesterday", "today"])
                || text.is(i, words!["one"]) && missed < 1.0
            {
                missed += 1.0;
                to = i + 1;
            } else if text.is(i, words!["weekend", "weekends", "two", "2"]) {
                missed += 2.0;
                to = i + 1;
            }
        }
        if missed == 0.0 {
            return None;
        }
    }
    Some(Answer::Value { lo: max - missed, hi: max - missed, check: None, span: (from, to) })
}

/// "mon, tues, thurs and fri", "Tuesday through to Friday".
fn named_days(text: &Text<'_>, asked: &Asked<'_>) -> Option<Answer> {
    if asked.unit != "days" {
        return None;
    }
    let mut days = [false; 7];
    let (mut from, mut to) = (usize::MAX, 0);
    let mut last: Option<(usize, u8)> = None;
    let mut doubtful = false;
    for at in text.core.clone() {
        let fact = text.fact(at);
        if fact.weekday == 0 {
            continue;
        }
        if (at.saturating_sub(2)..at)
            .any(|i| text.is(i, words!["not", "missed", "except", "bar", "until", "till", "since", "on"]))
            && last.is_none()
        {
            return None;
        }
        if let Some((before, start)) = last
            && spans(text, before, at)
        {
            let mut day = start;
            while day != fact.weekday {
                if let Some(slot) = days.get_mut(usize::from(day) - 1) {
                    *slot = true;
                }
                day = day % 7 + 1;
            }
        }
        if let Some(slot) = days.get_mut(usize::from(fact.weekday) - 1) {
            *slot = true;
        }
        doubtful |=
            (at.saturating_sub(4)..at).any(|i| text.is(i, words!["bit", "little", "half", "part", "maybe", "some"]));
        from = from.min(at);
        to = at + 1;
        last = Some((at, fact.weekday));
    }
    let n = days.iter().filter(|d| **d).count();
    if n < 2 || from > text.core.start + 2 {
        return None;
    }
    let hi = n as f64;
    let lo = if doubtful { hi - 1.0 } else { hi };
    Some(Answer::Value { lo, hi, check: doubtful.then_some("one of the days only in part"), span: (from, to) })
}

/// "Tuesday through to Friday", "Mon-Fri".
fn spans(text: &Text<'_>, before: usize, at: usize) -> bool {
    let words = before + 1..at;
    words.len() <= 3 && words.clone().any(|i| text.is(i, words!["to", "till", "til", "until", "through", "thru"]))
        || words.is_empty() && text.token(at).is_some_and(|t| t.mark == b'-')
}

/// Ticks and crosses, or "day 1 yes, day 2 no": counted, and checked by a person.
pub fn ticked(text: &Text<'_>) -> Option<(f64, usize)> {
    let (mut yes, mut no) = (0u32, 0u32);
    for at in 0..text.tokens.len() {
        if text.is(at, words!["\u{2705}", "\u{2714}", "\u{2611}"]) {
            yes += 1;
        } else if text.is(at, words!["\u{274c}", "\u{2716}", "\u{274e}"]) {
            no += 1;
        } else if text.is(at, words!["yes", "y"])
            && at >= 1
            && text.token(at - 1).is_some_and(|t| t.kind == Kind::Number || text.fact(at - 1).weekday > 0)
        {
            yes += 1;
        } else if text.is(at, words!["no", "n"])
            && at >= 1
            && text.token(at - 1).is_some_and(|t| t.kind == Kind::Number || text.fact(at - 1).weekday > 0)
        {
            no += 1;
        }
    }
    (yes + no >= 4).then_some((f64::from(yes), (yes + no) as usize))
}
