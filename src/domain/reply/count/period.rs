//! Counts said by naming days: every day bar Sunday, Monday to Friday, ticks and crosses.

use super::super::label::Label;
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::words;
use super::{Answer, Asked};

/// "every day bar Sunday", "all week", "every other day".
pub(super) fn whole_period(text: &Text<'_>, asked: &Asked<'_>) -> Option<Answer> {
    if asked.scale {
        return None;
    }
    let days = asked.unit == "days";
    if !days {
        return None;
    }
    let max = asked.max.unwrap_or(7.0);
    if let Some(hit) = text.first(Label::OtherDay) {
        // "not Monday but every other day": all the others.
        let others = (text.core.start..hit.from as usize)
            .any(|i| text.fact(i).weekday > 0 || text.is(i, words!["but", "bar", "except", "not", "missed", "apart"]));
        return Some(Answer::Value {
            lo: (max / 2.0).floor(),
            hi: (max / 2.0).ceil(),
            check: others.then_some("every second day, or all the others"),
            span: (hit.from as usize, hit.to as usize),
        });
    }
    let hit = text.all(Label::EveryDay).next()?;
    let opens = (hit.from as usize) <= text.core.start + 2
        || text.token(hit.from as usize).is_some_and(|t| t.parted >= Break::Sentence);
    if !opens {
        return None;
    }
    // "zilch. rained all week": the word for nothing came first.
    let nothing = text.fact(text.core.start).number == Some(super::super::facts::NumberWord::Nought)
        && text.token(text.core.start + 1).is_some_and(|t| t.parted >= Break::Comma);
    if nothing && text.core.start < hit.from as usize {
        return None;
    }
    let from = hit.from as usize;
    let mut missed = 0.0;
    let mut to = hit.to as usize;
    let except = (to - 1..to + 3)
        .find(|i| text.is(*i, words!["bar", "except", "but", "apart", "excluding", "minus", "besides"]));
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
pub(super) fn named_days(text: &Text<'_>, asked: &Asked<'_>) -> Option<Answer> {
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

/// How many days a longer text tells of: "I got my walk in Monday, Wednesday and again on Saturday", "weekdays only", "missed mon
/// and weds otherwise every day".
pub(super) fn days_somewhere(text: &Text<'_>, asked: &Asked<'_>) -> Option<(f64, f64)> {
    let days = asked.unit == "days";
    if asked.scale || !days && asked.unit != "times" {
        return None;
    }
    let denied = |at: usize| {
        let from = text.clause_start(at).max(at.saturating_sub(5));
        (from..at).any(|i| {
            text.is(
                i,
                words![
                    "not", "missed", "miss", "except", "bar", "apart", "minus", "didnt", "cant", "couldnt", "nothing",
                    "but"
                ],
            )
        }) || (at + 1..at + 3).any(|i| text.is(i, words!["no", "off"]))
    };
    let (mut done, mut left_out) = ([false; 7], [false; 7]);
    let mut last: Option<(usize, u8, bool)> = None;
    for at in text.core.clone() {
        let day = text.fact(at).weekday;
        let all = if text.is(at, words!["weekdays", "weekday"]) {
            0..5
        } else if text.is(at, words!["weekends", "weekend"]) {
            5..7
        } else {
            0..0
        };
        if day == 0 && all.is_empty() {
            continue;
        }
        // "on nights mon to thurs so only fri sat sun"
        if (at.saturating_sub(2)..at).any(|i| text.is(i, words!["so", "only", "just"]))
            && last.is_some_and(|(before, _, _)| (before..at).any(|i| text.is(i, words!["so", "only", "just"])))
        {
            (done, last) = ([false; 7], None);
        }
        // "missed mon and weds": what is said of the first day is said of those listed with it.
        let listed =
            last.filter(|(before, _, _)| at - before <= 2 && text.token(at).is_some_and(|t| t.parted <= Break::Comma));
        let out = listed.map_or_else(|| denied(at), |(_, _, out)| out);
        let slots = if out { &mut left_out } else { &mut done };
        slots.iter_mut().take(all.end).skip(all.start).for_each(|slot| *slot = true);
        if day > 0 {
            if let Some((before, start, _)) = last
                && spans(text, before, at)
            {
                let mut between = start;
                while between != day {
                    slots.get_mut(usize::from(between) - 1).into_iter().for_each(|slot| *slot = true);
                    between = between % 7 + 1;
                }
            }
            slots.get_mut(usize::from(day) - 1).into_iter().for_each(|slot| *slot = true);
            last = Some((at, day, out));
        }
    }
    let count = |slots: &[bool; 7]| slots.iter().filter(|slot| **slot).count() as f64;
    // "Weekdays, yes. Weekends I am a slug"
    let both = text.core.clone().any(|i| text.is(i, words!["weekdays", "weekday"])) && done == [true; 7];
    let ordinals = (0..text.tokens.len())
        .filter(|i| {
            text.token(*i).is_some_and(|t| t.parted == Break::None)
                && matches!(text.word(*i), "st" | "nd" | "rd" | "th")
        })
        .count() as f64;
    let (done, left_out) = (if both { 5.0 } else { count(&done) }, count(&left_out));
    let done = if done + left_out > 0.0 { done } else { ordinals };
    let rest = text.says(Label::EveryDay)
        || text.core.clone().any(|i| text.is(i, words!["otherwise", "rest", "others", "all", "every", "everyday"]));
    let n = if days && (left_out > 0.0 || done == 0.0) && rest { asked.max.unwrap_or(7.0) - left_out } else { done };
    (n > 0.0).then_some((n, n))
}

/// "Tuesday through to Friday", "Mon-Fri".
pub(super) fn spans(text: &Text<'_>, before: usize, at: usize) -> bool {
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
