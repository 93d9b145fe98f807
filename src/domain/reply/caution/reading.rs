//! Doubts about a reading: whether it is one, of now, and all of it.

use super::super::context::Context;
use super::super::draft::Draft;
use super::super::facts::Unit;
use super::super::numbers::{Amount, Role};
use super::super::reading_kind::ReadingKind;
use super::super::text::Text;
use super::super::tokens::Kind;
use super::super::understanding::{Level, Reading};
use super::super::vocabulary::words;

/// A number that is neither part of the value nor a date, a time or an aside: "71 kgs 400 gms", a third one beside a blood
/// pressure that is not its pulse.
pub(super) fn left_over(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    answer: Option<(usize, usize)>,
) -> Option<&'static str> {
    let (from, to) = answer?;
    if !matches!(context.asked_reading()?, ReadingKind::Bp | ReadingKind::Weight) {
        return None;
    }
    let corrected = text.core.clone().any(|at| text.is(at, words!["sorry", "no", "mean", "wait"]));
    if corrected {
        return None;
    }
    let outside = |at: usize| at < from || at >= to;
    amounts
        .iter()
        .any(|a| {
            a.role == Role::Plain && !a.past && outside(a.from) && !text.idiom(a.from, a.to) && a.unit == Unit::None
        })
        .then_some("another number beside the value")
}

/// Two readings, one of which is another time's, another person's or their mean.
pub(super) fn two_readings(text: &Text<'_>, draft: &Draft) -> Option<&'static str> {
    let several = draft.fields.readings.as_ref().is_some_and(|found| found.len() > 1);
    let other = text.core.clone().any(|at| {
        text.is(
            at,
            words![
                "than",
                "average",
                "range",
                "his",
                "her",
                "him",
                "mine",
                "man",
                "mans",
                "but",
                "previous",
                "previously",
                "hang",
                "libre",
                "sensor"
            ],
        ) || text.is(at, words!["was", "target", "goal", "from", "compared", "versus", "against"])
            && (1..=2).any(|next| text.token(at + next).is_some_and(|t| t.kind == Kind::Number))
            || text.within(at, &text.lexicon.known.relation)
    });
    (several && other).then_some("two readings, and perhaps only one counts")
}

/// "under 130/80", "last one was 132/84", "target 130/80 mine 150/92", "8.30 7.2": no reading of now, or not only.
pub(super) fn another_time(text: &Text<'_>, amounts: &[Amount], draft: &Draft) -> Option<&'static str> {
    let values: Vec<&Amount> = amounts.iter().filter(|a| a.role == Role::Plain && !a.words).collect();
    let aims = words![
        "target", "goal", "aim", "aiming", "under", "below", "above", "between", "should", "supposed", "usually",
        "normally", "used", "highest", "lowest"
    ];
    let before = |a: &&Amount| (1..=3).any(|back| a.from.checked_sub(back).is_some_and(|b| text.is(b, aims)));
    // "now 84.2, was 86 last month": the other one is of then.
    let told = values.iter().any(|a| a.past) && values.iter().any(|a| !a.past);
    let last = !told
        && text.core.clone().any(|at| {
            text.is(at, words!["last"])
                && text.is(at + 1, words!["one", "reading", "time", "visit", "month", "year", "check", "test"])
        });
    let found = draft.fields.readings.as_deref().unwrap_or_default();
    let of_kind = match found {
        [Reading::Single { kind: ReadingKind::Glucose, .. }, _, ..] => {
            // "8.30 7.2": a time of day has two figures behind the point, a glucose has one. "6. 8", "6:8": one value or two?
            let hour = values.iter().any(|a| a.decimals == 2) && values.iter().any(|a| a.decimals < 2);
            let parted =
                |a: &&Amount| text.token(a.from).is_some_and(|t| matches!(t.mark, b'.' | b':') && t.marks == 1);
            hour || values.iter().all(|a| a.decimals == 0) && values.iter().skip(1).any(parted)
        }
        [Reading::Single { kind: ReadingKind::PeakFlow, level: Level::Number(n), .. }] => {
            // "410, my best is 500", "410/420/415"
            values.len() > 1
                && (text.core.clone().any(|at| text.is(at, words!["my"]) && text.is(at + 1, words!["best"]))
                    || values.iter().any(|a| a.hi > *n))
        }
        [Reading::Single { kind: ReadingKind::Steps, .. }, ..] => {
            text.core.clone().any(|at| text.fact(at).unit == Unit::Week)
        }
        _ => false,
    };
    (values.iter().any(before) || last || of_kind).then_some("perhaps of another time, or a limit")
}

/// "your order 6.4/22918 is ready": numbers of a business or its machine, which speak of no "I".
pub(super) fn by_a_machine(text: &Text<'_>) -> Option<&'static str> {
    let own = (0..text.tokens.len()).any(|at| text.within(at, &text.lexicon.known.own));
    let business = text.core.clone().any(|at| {
        text.is(
            at,
            words![
                "order",
                "parcel",
                "delivery",
                "voicemail",
                "caller",
                "callers",
                "customer",
                "invoice",
                "account",
                "booking",
                "reference",
                "balance",
                "subscription",
                "collection",
                "saved",
                "expires",
                "payment",
            ],
        )
    });
    (business && !own).then_some("perhaps written by a machine")
}

/// "8 211": the parts of one number, or a number of something else beside it.
pub(super) fn parted_number(draft: &Draft) -> Option<&'static str> {
    const FEW: f64 = 1_000.0;
    let found = draft.fields.readings.as_deref().unwrap_or_default();
    let few = |r: &Reading| matches!(r, Reading::Single { kind: ReadingKind::Steps, level: Level::Number(n), .. } if *n < FEW);
    (found.len() > 1 && found.iter().any(few)).then_some("perhaps one number in parts")
}

/// "yesterday 140/82, today forgot": not of the day that was asked about.
pub(super) fn not_of_today(text: &Text<'_>) -> Option<&'static str> {
    let missed = |at: usize| text.is(at, words!["forgot", "forgotten", "havent", "didnt", "not", "missed", "couldnt"]);
    let of_yesterday = text.core.clone().any(|at| text.is(at, words!["yesterday"]));
    let found = text.core.clone().any(|at| {
        text.is(at, words!["today"])
            && (text.clause_start(at)..text.core.end).take_while(|i| *i <= at || !text.clause_ends(*i)).any(missed)
    });
    (of_yesterday && found).then_some("of yesterday, and none of today")
}
