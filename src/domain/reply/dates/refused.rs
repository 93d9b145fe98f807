//! Days and times that are named because they do not suit, or as a limit.

use super::super::text::Text;
use super::super::tokens::Break;
use super::super::vocabulary::{Word, words};

/// "can't do thurs", "not the 14th", "any day but".
pub(super) fn is_refused(text: &Text<'_>, at: usize) -> bool {
    // "half ten is too early"
    if (at + 1..at + 5).any(|i| text.is(i, words!["too"]) && text.is(i + 1, words!["early", "late", "soon", "far"])) {
        return true;
    }
    if is_offered(text, at) {
        return false;
    }
    // "2 rather than quarter past 10", "Friday instead of Monday"
    let before = |back: usize, words: &[Word]| at.checked_sub(back).is_some_and(|b| text.is(b, words));
    if before(1, words!["than"]) && before(2, words!["rather"])
        || before(1, words!["of"]) && before(2, words!["instead"])
    {
        return true;
    }
    let mut i = at;
    let mut steps = 0;
    while let Some(before) = i.checked_sub(1) {
        let parted = text.token(i).map_or(Break::None, |t| t.parted);
        if parted >= Break::Clause || steps > 9 {
            return false;
        }
        if text.is(
            before,
            words![
                "cant",
                "cannot",
                "not",
                "unable",
                "bar",
                "except",
                "couldnt",
                "wont",
                "dont",
                "no",
                "longer",
                "impossible",
                "away",
                "busy",
                "working"
            ],
        ) || text.is(before, words!["but"])
            && before >= 1
            && (text.is(before - 1, words!["anytime", "anyday"])
                || before >= 2
                    && text.is(before - 1, words!["day", "time"])
                    && text.is(before - 2, words!["any", "every"]))
        {
            // "not later than", and what comes after a new "can".
            return true;
        }
        if text.is(
            before,
            words!["can", "could", "would", "may", "might", "how", "instead", "suits", "better", "prefer", "so", "to"],
        ) && steps > 0
        {
            return text.is(before, words!["to"])
                && (before.saturating_sub(3)..before).any(|b| text.is(b, words!["unable", "not"]));
        }
        i = before;
        steps += 1;
    }
    false
}

/// "tuesday afternoon better": what is said behind a day to offer it, before any other day.
fn is_offered(text: &Text<'_>, at: usize) -> bool {
    let offers = |i: &usize| text.is(*i, words!["better", "best", "suits", "works", "ideal", "preferable", "possible"]);
    let ends = |i: &usize| text.fact(*i).weekday > 0 || text.is(*i, words!["not", "no", "isnt", "doesnt"]);
    (at + 1..(at + 4).min(text.sentence_end(at))).find(|i| offers(i) || ends(i)).is_some_and(|i| offers(&i))
}

/// "after the 22nd", "until the 19th", "in Leeds on the 14th".
pub(super) fn is_limit(text: &Text<'_>, at: usize) -> bool {
    if is_offered(text, at) {
        return false;
    }
    (1..=2).any(|b| {
        at.checked_sub(b).is_some_and(|x| {
            text.is(x, words!["after", "until", "till", "til", "before", "since", "from"])
                && text.fact(x.saturating_sub(1)).weekday == 0
        })
    }) || (1..=8).any(|b| {
        at.checked_sub(b).filter(|x| *x >= text.sentence_start(at)).is_some_and(|x| {
            text.is(x, words!["away", "holiday", "working", "anniversary", "funeral", "busy", "court"])
        })
    })
}
