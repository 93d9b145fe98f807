//! Doubts about a count or a mark: whether the number is the one that was asked for.

use super::super::context::{Context, Expects};
use super::super::draft::Draft;
use super::super::facts::Unit;
use super::super::label::Label;
use super::super::numbers::{Amount, Role};
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::words;

/// What is left out, and not what was done: "all but two".
pub(super) fn all_but(text: &Text<'_>) -> Option<&'static str> {
    let but = (0..text.core.end).any(|at| {
        ["all", "every", "everything", "each"].iter().any(|all| text.is_str(at, all))
            && (at + 1..at + 3).any(|i| ["but", "bar", "except", "minus"].iter().any(|but| text.is_str(i, but)))
            && (at + 2..at + 5).any(|i| text.is_number(i))
    });
    but.then_some("all but so many")
}

/// Whether an amount is this value, or one end of it is.
fn holds(amount: &Amount, value: f64) -> bool {
    amount.lo == value || amount.hi == value
}

/// A number that nobody wrote, counted from days named in a longer text; or a part of a whole thing.
pub(super) fn counted(text: &Text<'_>, amounts: &[Amount], draft: &Draft) -> Option<&'static str> {
    let value = draft.fields.value?;
    let written = amounts.iter().any(|a| holds(a, value));
    let days = text.core.clone().filter(|at| text.fact(*at).weekday > 0).count();
    if days > 1 && !written && text.core_len() > 2 * days + 2 {
        return Some("counted from a longer text");
    }
    // "Mon walked, Tue no, Wed walked": one of the days named is not one of them.
    let not_all = days > 0
        && !written
        && text.core.clone().any(|at| {
            text.is(
                at,
                words!["no", "not", "didnt", "off", "rest", "rested", "none", "nothing", "missed", "skipped", "x", "n"],
            )
        });
    if not_all {
        return Some("days named, and perhaps not all of them count");
    }
    // "3 + 1 swim"
    let added = amounts.iter().any(|a| {
        a.role == Role::Plain
            && !a.past
            && a.of.is_none()
            && !text.is(a.end, words!["of"])
            && a.from.checked_sub(1).is_some_and(|b| text.is(b, words!["and", "plus"]))
            && amounts.iter().any(|b| b.end + 1 == a.from && (b.lo == value || a.lo == value))
    });
    if added && draft.fields.min.is_none() {
        return Some("another number is added");
    }
    let muddled = amounts.iter().any(|a| a.role == Role::Muddled);
    let days = value.fract() != 0.0 && draft.fields.min.is_none() && text.core_len() == 1;
    (muddled || days).then_some("not a whole number")
}

/// "one in the morning and one at night", "7 for me, 3 for the weather": numbers that belong together, or apart.
pub(super) fn in_parts(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    answer: Option<(usize, usize)>,
) -> Option<&'static str> {
    match context.expects()? {
        Expects::Count { unit, .. } if unit != "days" => {
            let mut parts = text.core.clone().filter_map(|at| text.fact(at).part);
            let first = parts.next()?;
            let numbers = text.core.clone().filter(|at| text.is_number(*at)).count();
            (numbers > 1 && parts.any(|part| part != first)).then_some("counted over the parts of a day")
        }
        Expects::Scale { max, .. } => {
            let (from, to) = answer?;
            let another = amounts.iter().any(|a| {
                a.role == Role::Plain
                    && !a.past
                    && a.unit == Unit::None
                    && (a.to <= from || a.from >= to)
                    && a.hi <= *max
                    && text.is(a.end, words!["for", "with", "in", "on", "if", "when"])
            });
            another.then_some("two marks, and perhaps not for the same")
        }
        _ => None,
    }
}

/// The value stands before something else than what was asked for: "6 pints", "2 or so hours".
pub(super) fn of_what(text: &Text<'_>, context: &Context<'_>, answer: Option<(usize, usize)>) -> Option<&'static str> {
    let (_, to) = answer?;
    let prompt = context.prompt?;
    let word = text.word(to);
    let number = text.token(to.checked_sub(1)?)?.kind == Kind::Number;
    let beside = text.token(to)?.kind == Kind::Word && text.token(to)?.parted <= Break::Space && to < text.core.end;
    let plural = word.len() > 3 && word.ends_with('s');
    let known = text.fact(to).unit != Unit::None || text.fact(to).weekday > 0 || text.fact(to).part.is_some();
    let stem = word.get(..word.len().saturating_sub(2).max(3)).unwrap_or(word);
    let asked = prompt.text.to_lowercase().contains(stem);
    (number && beside && plural && !known && !asked && !text.within(to, &text.lexicon.known.function))
        .then_some("a number of something else")
}

/// "no more than", "not less than": neither a no nor the number.
pub(super) fn bounded(text: &Text<'_>) -> Option<&'static str> {
    let bound = text.core.clone().any(|at| {
        text.is(at, words!["no", "not"])
            && text.is(at + 1, words!["more", "less", "fewer", "different", "better", "worse"])
            && (text.is(at + 2, words!["than", "to", "then"]) || at + 2 >= text.core.end)
    });
    bound.then_some("a bound, or no change")
}

/// "Nearly a full house, 6", "not a single one, I chewed three pencils": words for all or none, and another number.
pub(super) fn another_number(text: &Text<'_>, amounts: &[Amount], draft: &Draft) -> Option<&'static str> {
    let value = draft.fields.value?;
    let mut digits = amounts.iter().filter(|a| a.role == Role::Plain && !a.words && !a.past && a.of.is_none());
    let unread = !amounts.iter().any(|a| holds(a, value)) && digits.any(|a| a.unit == Unit::None);
    let none = value > 0.0 && text.all(Label::Nought).any(|h| h.from as usize == text.core.start);
    (unread || none).then_some("a number, and words for another")
}

/// "I'll be down to 3", "i want 5": a number that is not yet.
pub(super) fn not_yet(text: &Text<'_>, amounts: &[Amount], draft: &Draft) -> Option<&'static str> {
    let value = draft.fields.value?;
    let wished =
        |at: usize| text.is(at, words!["ill", "will", "want", "wanna", "hope", "hoping", "aim", "aiming", "should"]);
    amounts
        .iter()
        .filter(|a| a.role == Role::Plain && holds(a, value))
        .any(|a| (a.from.saturating_sub(4).max(text.clause_start(a.from))..a.from).any(wished))
        .then_some("a number that is hoped for")
}

/// "between me and the wife 30", "10 each": numbers of several people.
pub(super) fn shared(text: &Text<'_>) -> Option<&'static str> {
    let shared = text.core.clone().any(|at| {
        text.is(at, words!["between"]) && text.is(at + 1, words!["me", "us", "the"])
            || text.is_number(at) && text.is(at + 1, words!["each"]) && text.clause_ends(at + 2)
    });
    shared.then_some("a number of several people")
}

/// "once every day", to a question about the week: how often in a day, and not yet in the week.
pub(super) fn of_a_day(text: &Text<'_>, context: &Context<'_>) -> Option<&'static str> {
    let Some(Expects::Count { unit, .. }) = context.expects() else { return None };
    let times = |at: usize| text.is(at, words!["once", "twice", "times", "x"]) || text.is_number(at);
    let daily = |at: usize| {
        text.is(at, words!["every", "each", "a", "per"])
            && text.is(at + 1, words!["day", "night", "morning", "evening"])
            || text.is(at, words!["daily"])
    };
    let found = unit == "times" && text.core.clone().any(|at| times(at) && daily(at + 1));
    found.then_some("how often in a day, and the week was asked about")
}

/// "havent had one since the 9th": none, not one.
pub(super) fn not_one(text: &Text<'_>, draft: &Draft) -> Option<&'static str> {
    let denied = |at: usize| text.is(at, words!["havent", "hasnt", "not", "didnt", "never", "without"]);
    let one = |at: usize| text.is(at, words!["one", "any"]) && text.token(at).is_some_and(|t| t.kind == Kind::Word);
    let found = draft.fields.value == Some(1.0)
        && text.core.clone().any(|at| one(at) && (at.saturating_sub(3).max(text.clause_start(at))..at).any(denied));
    found.then_some("one, or not one")
}
