//! Answers of yes, no, in part, and read.

use super::super::context::{Context, PromptKind};
use super::super::danger::{Dangers, Worry, worry};
use super::super::draft::Draft;
use super::super::facts::Unit;
use super::super::label::Label;
use super::super::numbers::{Amount, Role};
use super::super::text::Text;
use super::super::understanding::{Intent, Route};
use super::super::vocabulary::words;
use super::super::yes_no;

pub(super) fn yes_no_some(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    dangers: &Dangers,
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    if text.says(Label::Perhaps) && text.core_len() <= 4 {
        draft.doubt(text, "undecided");
        draft.said.insert(Intent::Unclear);
        return None;
    }
    let worry = worry(context);
    if worry == Worry::NoUrgent
        && !is_literal(text, text.core.start)
        && let Some(at) = no_longer_as_usual(text)
    {
        draft.answer(Intent::No, Route::Urgent, text, "no longer as usual", at, at + 1);
        return Some((at, at + 1));
    }
    let asks = text.first(Label::Question).filter(|h| h.from as usize == text.core.start);
    let answer = yes_no::read(text).filter(|a| asks.is_none() || a.from == text.core.start).filter(|a| {
        // "Brilliant, another questionnaire", "took my blood and bruised me": praise and verbs answer nothing beside a complaint.
        !text.says(Label::Complaint) || a.intent != Intent::Yes || is_literal(text, a.from)
    });
    // "5 days of the 7", "mornings yes, nights I forget": in part, however it is begun.
    let literal = answer.is_some_and(|a| a.from == text.core.start && is_literal(text, a.from));
    if worry == Worry::None
        && !literal
        && let Some((intent, from, to)) = some_days(text, context, amounts).or_else(|| one_of_two(text))
    {
        draft.answer(intent, Route::Auto, text, "so many days, or one of two", from, to);
        return Some((from, to));
    }
    // "no different to normal": as usual.
    let answer = answer.map(|a| match worry {
        Worry::NoUrgent
            if a.intent == Intent::No
                && text.is(a.from, words!["no", "not", "nothing", "nought"])
                && text.is(
                    a.from + 1,
                    words!["different", "change", "changes", "worse", "difference", "problem", "problems", "wrong"],
                ) =>
        {
            yes_no::Answer { intent: Intent::Yes, weak: false, ..a }
        }
        _ => a,
    });
    let Some(answer) = answer else {
        // "same as ever, no worse"
        if worry == Worry::NoUrgent
            && dangers.watch.is_empty()
            && let Some(hit) = text.first(Label::AsBefore).filter(|h| h.from as usize == text.core.start)
        {
            let (from, to) = (hit.from as usize, hit.to as usize);
            draft.answer(Intent::Yes, Route::Auto, text, "as usual", from, to);
            return Some((from, to));
        }
        if worry == Worry::YesUrgent && !dangers.watch.is_empty() {
            let (from, to) = dangers.watch.first().copied().unwrap_or_default();
            draft.answer(Intent::Yes, Route::Review, text, "names a sign that was asked about", from, to);
        } else if worry == Worry::YesUrgent && !dangers.dismissed.is_empty() {
            let (from, to) = dangers.dismissed.first().copied().unwrap_or_default();
            draft.answer(Intent::No, Route::Auto, text, "denies the signs that were asked about", from, to);
            return Some((from, to));
        }
        return None;
    };
    let route = match (worry, answer.intent) {
        (Worry::YesUrgent, Intent::Yes | Intent::Partial) | (Worry::NoUrgent, Intent::No) => {
            let better = text.core.clone().any(|i| text.is(i, words!["better"]));
            let explained = !dangers.watch.is_empty();
            if better {
                Route::Auto
            } else if explained {
                Route::Review
            } else {
                Route::Urgent
            }
        }
        // "bit worse every day": not as usual, in part.
        (Worry::NoUrgent, Intent::Partial) => {
            if text.core.clone().any(|i| text.is(i, words!["worse", "worsening", "harder"])) {
                Route::Urgent
            } else {
                Route::Review
            }
        }
        (Worry::YesReview, Intent::Yes | Intent::Partial) => Route::Review,
        _ if answer.weak => Route::Review,
        _ => Route::Auto,
    };
    let why = match answer.intent {
        Intent::Yes => "yes",
        Intent::No => "no",
        _ => "in part",
    };
    draft.answer(answer.intent, route, text, why, answer.from, answer.to);
    Some((answer.from, answer.to))
}

/// Days or a share, where every day was asked about: "5 out of 7", "4 days".
fn some_days(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount]) -> Option<(Intent, usize, usize)> {
    let every = context.prompt.is_some_and(|p| p.text.contains("every "));
    let mut plain = amounts.iter().filter(|a| a.role == Role::Plain && !a.past);
    let only = plain.next().filter(|_| every && plain.next().is_none())?;
    let of = only.of.or((only.unit == Unit::Day).then_some(7.0))?;
    let opens = only.from <= text.core.start + 3;
    let intent = match only.hi {
        n if n <= 0.0 || n > of => return None,
        n if n < of => Intent::Partial,
        _ => Intent::Yes,
    };
    opens.then_some((intent, only.from, only.end))
}

/// "mornings aye, nights I forget", "at home yeah, not at my mums": a yes to one of two times or places, and more about the other.
fn one_of_two(text: &Text<'_>) -> Option<(Intent, usize, usize)> {
    let yes = |at: usize| text.is(at, words!["yes", "yep", "yeah", "yup", "ye", "aye", "fine", "ok", "good"]);
    let one = |at: usize| {
        text.fact(at).part.is_some()
            || text.fact(at).weekday > 0
            || text.is(
                at,
                words![
                    "mornings",
                    "evenings",
                    "nights",
                    "afternoons",
                    "weekdays",
                    "weekday",
                    "weekends",
                    "weekend",
                    "days",
                    "ones",
                    "home",
                    "work",
                    "shift",
                    "left",
                    "right",
                    "inside",
                    "outside",
                    "first"
                ],
            )
    };
    let at = (text.core.start + 1..text.core.end).find(|at| yes(*at))?;
    let from = text.clause_start(at).max(text.core.start);
    let more = at + 1 < text.core.end
        && (at + 1..text.core.end).any(|i| {
            one(i)
                || text.within(i, &text.lexicon.known.negators)
                || text.is(i, words!["forget", "forgot", "miss", "missed", "other"])
        });
    (from < at && (from..at).any(one) && more).then_some((Intent::Partial, from, text.core.end))
}

/// "is your breathing as usual?" - "bit worse every day": a no in other words.
fn no_longer_as_usual(text: &Text<'_>) -> Option<usize> {
    let negator = |at: usize| text.within(at, &text.lexicon.known.negators);
    text.core.clone().find(|at| {
        text.is(
            *at,
            words!["worse", "worsening", "different", "heavy", "harder", "terrible", "awful", "bad", "shocking"],
        ) && !(1..=2).any(|back| at.checked_sub(back).is_some_and(negator))
    })
}

pub(super) fn acknowledge(text: &Text<'_>, draft: &mut Draft) -> Option<(usize, usize)> {
    let hit = text.first(Label::Confirm)?;
    let (from, to) = (hit.from as usize, hit.to as usize);
    draft.answer(Intent::Confirm, Route::Auto, text, "has read it", from, to);
    Some((from, to))
}

pub(super) fn opt_in(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) -> Option<(usize, usize)> {
    if let Some(hit) = text.first(Label::Keep) {
        let (from, to) = (hit.from as usize, hit.to as usize);
        draft.answer(Intent::Yes, Route::Auto, text, "wants them to go on", from, to);
        return Some((from, to));
    }
    if draft.said.contains(&Intent::Stop) {
        return None;
    }
    // "ok thanks bye" to a message that asked nothing.
    let asked = context.prompt.is_none_or(|p| p.text.contains('?'));
    if !asked
        && text.says(Label::Thanks)
        && text.is(text.core.start, words!["ok", "okay", "k", "alright", "right", "fine"])
    {
        return None;
    }
    if text.says(Label::Perhaps) && text.core_len() <= 4 {
        draft.doubt(text, "undecided");
        draft.said.insert(Intent::Unclear);
        return None;
    }
    let mut answer = yes_no::read(text)?;
    // "yes but not to my work email": a yes with a condition, not a part of one.
    if answer.intent == Intent::Partial && text.is(answer.from, words!["yes", "yep", "yeah", "yup", "ok", "okay"]) {
        answer.intent = Intent::Yes;
    }
    let beside = text.says(Label::Complaint) && !is_literal(text, answer.from);
    if answer.intent == Intent::Partial || answer.from > text.core.start + 3 || beside {
        return None;
    }
    let condition = text
        .core
        .clone()
        .any(|i| i > answer.from && text.is(i, words!["but", "if", "unless", "only", "except", "provided"]));
    let route = if answer.weak || condition { Route::Review } else { Route::Auto };
    draft.answer(
        answer.intent,
        route,
        text,
        if answer.intent == Intent::Yes { "yes" } else { "no" },
        answer.from,
        answer.to,
    );
    if condition && answer.intent == Intent::Yes {
        draft.said.insert(Intent::Other);
    }
    Some((answer.from, answer.to))
}

pub(super) fn free(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) -> Option<(usize, usize)> {
    if context.prompt.is_some_and(|p| p.kind == PromptKind::Wellbeing) {
        return None;
    }
    let answer = yes_no::read(text)?;
    draft.answer(answer.intent, Route::Auto, text, "how it went", answer.from, answer.to);
    Some((answer.from, answer.to))
}

/// The words yes and no themselves.
pub(super) fn is_literal(text: &Text<'_>, at: usize) -> bool {
    text.is(at, words!["yes", "yep", "yeah", "yup", "ye", "y", "ok", "okay", "no", "nope", "nah", "aye"])
}
