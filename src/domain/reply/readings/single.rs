//! Readings of one number: glucose, peak flow, steps, HbA1c, temperature, oxygen.

use super::super::context::Context;
use super::super::facts::Unit;
use super::super::numbers::{Amount, Role};
use super::super::reading_kind::ReadingKind;
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::understanding::{Level, Reading, Route};
use super::super::vocabulary::{Word, words};
use super::{Found, Owner, limit, owner};

/// mg/dL in one mmol/L of glucose (domain reference, section 3).
const MG_DL: f64 = 18.016;

struct Sort {
    kind: ReadingKind,
    unit: &'static str,
    /// Words that name it.
    names: &'static [Word],
    units: &'static [Unit],
}

fn sort(kind: ReadingKind) -> Sort {
    let (unit, names, units): (_, &'static [Word], &'static [Unit]) = match kind {
        ReadingKind::Glucose => (
            "mmol/L",
            words!["sugar", "sugars", "glucose", "bm", "bms", "libre", "meter", "dexcom", "bg", "shuger",],
            &[Unit::Mmol, Unit::MgDl],
        ),
        ReadingKind::PeakFlow => {
            ("L/min", words!["pf", "peak", "flow", "pefr", "blew", "blow", "pef"], &[Unit::LitresMinute])
        }
        ReadingKind::Steps => ("steps", words!["steps", "step"], &[Unit::Step]),
        ReadingKind::Hba1c => {
            ("mmol/mol", words!["hba1c", "a1c", "hb1ac", "hba"], &[Unit::PerMol, Unit::Percent, Unit::Mmol])
        }
        ReadingKind::Temperature => {
            ("Cel", words!["temperature", "temp", "fever"], &[Unit::Celsius, Unit::Fahrenheit, Unit::Degree])
        }
        _ => (
            "%",
            words!["oxygen", "sats", "spo2", "o2", "sat", "saturation", "saturations", "oximeter", "clip",],
            &[Unit::Percent],
        ),
    };
    Sort { kind, unit, names, units }
}

/// Other measurements whose numbers are not the one asked for.
const OTHERS: &[Word] = words![
    "ketones",
    "ketone",
    "pulse",
    "insulin",
    "units",
    "heart",
    "hr",
    "bpm",
    "potassium",
    "cholesterol",
    "egfr",
    "weight",
    "bp",
    "pressure",
    "puffs",
    "carbs",
    "sats",
    "temp",
    "age",
    "rate",
    "ref",
    "room",
];

/// Reads one kind of value; unasked ones only where they are named.
pub fn read(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    kind: ReadingKind,
    asked: bool,
    by_carer: bool,
) -> Found {
    let sort = sort(kind);
    let mut found = Found::default();
    let mut values: Vec<(Amount, f64, Level, &'static str)> = Vec::new();
    let mut others = false;
    let mut since = 0;
    for amount in amounts {
        if amount.role == Role::Muddled && asked {
            found.ask_again = Some("letters among the digits");
        }
        if amount.role == Role::Phone
            || amount.role == Role::Date
            || amount.role == Role::Ordinal
            || amount.role == Role::Clock
            || amount.role == Role::Muddled
        {
            continue;
        }
        // "it says HI, tried it twice"
        if amount.is_fold(text) {
            continue;
        }
        let named = is_named(text, amount, sort.names);
        if amount.role == Role::Aside && !named {
            continue;
        }
        if !asked
            && !(named && unit_fits(amount, &sort)
                || matches!(amount.unit, Unit::Mmol) && kind == ReadingKind::Glucose && amount.lo < 40.0
                || matches!(amount.unit, Unit::PerMol) && kind == ReadingKind::Hba1c)
        {
            continue;
        }
        if is_other(text, amount, &sort) {
            continue;
        }
        if is_change(text, amount) {
            continue;
        }
        let Some((value, unit)) = in_unit(text, context, amount, &sort, asked, &mut found) else {
            continue;
        };
        let whose = owner(text, amount.from, since);
        since = amount.end;
        if whose == Owner::Other && asked && !by_carer {
            let person = (amount.from.saturating_sub(4)..amount.from).any(|i| {
                text.within(i, &text.lexicon.known.relation)
                    || text.is(i, words!["his", "hers", "boy", "girl", "boys", "girls"])
            });
            if person {
                others = true;
                continue;
            }
        }
        values.push((*amount, value, Level::Number(value), unit));
    }
    // "8.8 after curry and one chapati": beside digits a number word before a thing counts that thing.
    let thing = |a: &Amount| {
        a.words
            && a.unit == Unit::None
            && text.token(a.to).is_some_and(|t| t.kind == Kind::Word && t.parted <= Break::Space)
    };
    if asked && values.iter().any(|v| !v.0.words) {
        values.retain(|v| !thing(&v.0));
    }
    // "3.9, had 4 jelly babies, now 5.6": a whole number before things.
    let things = |a: &Amount| sort.kind == ReadingKind::Glucose && counts_things(text, a);
    if asked && values.iter().any(|v| things(&v.0)) {
        values.retain(|v| !things(&v.0));
    }
    // "5 thousand and something. 5,218"
    let rough = |a: &Amount| (a.to..a.to + 2).any(|i| text.is(i, words!["something", "odd"]));
    if asked && values.iter().any(|v| !rough(&v.0)) {
        values.retain(|v| !rough(&v.0));
    }
    if asked && values.iter().any(|v| !v.0.past) {
        values.retain(|v| !v.0.past);
    } else if asked && !values.is_empty() && kind == ReadingKind::Hba1c {
        values.clear();
        found.ask_again = Some("a value of another time");
    }
    if others {
        found.doubt("a value of somebody else was left out");
    }
    if kind == ReadingKind::Glucose {
        meter_words(text, &mut values, asked, &mut found);
    }
    if asked {
        choose(text, context, kind, &mut values, &mut found);
    }
    for (amount, _, level, unit) in values {
        if amount.words {
            found.doubt("a value in words");
        }
        found.push(Reading::Single { kind: sort.kind, level, unit }, amount.from, amount.end.max(amount.from + 1));
    }
    if !found.is_empty() {
        found.ask_again = None;
    } else if asked && found.ask_again.is_none() && amounts.iter().any(|a| matches!(a.role, Role::Plain)) {
        found.ask_again = Some("no value can be read from these numbers");
    }
    found
}

fn is_named(text: &Text<'_>, amount: &Amount, names: &[Word]) -> bool {
    let start = text.sentence_start(amount.from);
    (start.max(amount.from.saturating_sub(5))..amount.from).any(|i| text.is(i, names))
        || text.token(amount.end).is_some_and(|t| t.parted <= Break::Space)
            && text.is(amount.end, names)
            // "P 66 O2 97": the name is the next number's.
            && text.token(amount.end + 1).is_none_or(|t| t.kind != Kind::Number)
        || amount.unit == Unit::Step && names.contains(&Word::new("steps"))
}

/// "4 readings", "3 biscuits", "2 slices": how many of something.
fn counts_things(text: &Text<'_>, amount: &Amount) -> bool {
    let word = text.word(amount.to);
    let beside = text.token(amount.to).is_some_and(|t| t.kind == Kind::Word && t.parted == Break::Space);
    let plural = word.len() > 4 && word.ends_with('s') && !word.ends_with("ss");
    let sweets =
        text.is(amount.to, words!["jelly", "glucose", "dextrose", "fruit"]) && text.word(amount.to + 1).ends_with('s');
    // "10g carbs", "6u"
    let weighed = text.is(amount.to, words!["g", "gm", "gms", "grams", "mg", "ml", "mls", "u", "iu", "mcg"]);
    let whole = amount.decimals == 0 && beside;
    amount.unit == Unit::None
        && (weighed || whole && (plural && !text.within(amount.to, &text.lexicon.known.function) || sweets))
}

fn unit_fits(amount: &Amount, sort: &Sort) -> bool {
    amount.unit == Unit::None || sort.units.contains(&amount.unit)
}

/// "ketones 0.3", "pulse 88": the nearest name before the number is another measurement's.
fn is_other(text: &Text<'_>, amount: &Amount, sort: &Sort) -> bool {
    let start = text.sentence_start(amount.from);
    for at in (start.max(amount.from.saturating_sub(3))..amount.from).rev() {
        if text.token(at).is_some_and(|t| t.kind == Kind::Number)
            || text.token(at + 1).is_some_and(|t| t.parted >= Break::Clause)
        {
            break;
        }
        if text.is(at, sort.names) {
            return false;
        }
        if text.is(at, OTHERS) {
            return true;
        }
    }
    // "pulse 72" behind "97%" names the next number.
    let names_next = (amount.end + 1..amount.end + 3)
        .find(|i| text.token(*i).is_none_or(|t| t.kind != Kind::Word || !text.is(*i, OTHERS)))
        .is_some_and(|i| text.token(i).is_some_and(|t| t.kind == Kind::Number));
    !names_next
        && text.token(amount.end).is_some_and(|t| t.parted <= Break::Space)
        && text.is(amount.end, OTHERS)
        && !text.is(amount.end, sort.names)
}

fn is_change(text: &Text<'_>, amount: &Amount) -> bool {
    amount.from.checked_sub(1).is_some_and(|b| text.is(b, words!["from"]))
}

/// The value in the unit it is filed in, or nothing when the unit is wrong or the value not plausible.
fn in_unit(
    text: &Text<'_>,
    context: &Context<'_>,
    amount: &Amount,
    sort: &Sort,
    asked: bool,
    found: &mut Found,
) -> Option<(f64, &'static str)> {
    let plausible = &context.reader.settings.plausible;
    let refuse = |found: &mut Found, why: &'static str| {
        found.ask_again = Some(why);
        None
    };
    if !unit_fits(amount, sort) {
        return if asked && sort.kind != ReadingKind::PeakFlow {
            refuse(found, "not the unit of this reading")
        } else {
            None
        };
    }
    if amount.of.is_some() || !amount.single() || amount.bound == super::super::numbers::Bound::Open {
        return if asked { refuse(found, "a range, not a reading") } else { None };
    }
    let value = amount.lo;
    let (value, unit, range) = match (sort.kind, amount.unit) {
        (ReadingKind::Glucose, Unit::MgDl) => {
            found.doubt("converted from mg/dL");
            ((value / MG_DL * 10.0).round() / 10.0, sort.unit, plausible.glucose)
        }
        (ReadingKind::Glucose, _) => (value, sort.unit, plausible.glucose),
        (ReadingKind::PeakFlow, _) => (value, sort.unit, plausible.peak_flow),
        (ReadingKind::Steps, _) => {
            if text.is(amount.end, words!["run", "walk", "row", "swim", "not"]) && amount.unit == Unit::None {
                return refuse(found, "not steps");
            }
            (value, sort.unit, plausible.steps)
        }
        (ReadingKind::Hba1c, Unit::Percent) => (value, "%", plausible.hba1c_percent),
        // "53 mmol" is how people shorten mmol/mol; no glucose is that high and asked for by this name.
        (ReadingKind::Hba1c, Unit::Mmol) if asked && plausible.hba1c.holds(value) => {
            found.doubt("mmol taken for mmol/mol");
            (value, sort.unit, plausible.hba1c)
        }
        (ReadingKind::Hba1c, Unit::Mmol) => return refuse(found, "not the unit of HbA1c"),
        (ReadingKind::Hba1c, _) => (value, sort.unit, plausible.hba1c),
        (ReadingKind::Temperature, Unit::Fahrenheit) => {
            found.doubt("converted from Fahrenheit");
            (((value - 32.0) / 1.8 * 10.0).round() / 10.0, sort.unit, plausible.temperature)
        }
        (ReadingKind::Temperature, _) => (value, sort.unit, plausible.temperature),
        _ => (value, sort.unit, plausible.spo2),
    };
    if range.holds(value) {
        Some((value, unit))
    } else if asked {
        refuse(found, "the value is not plausible")
    } else {
        None
    }
}

/// HI and LO are what a meter shows; "Hi nurse, 7.1" is a greeting.
fn meter_words(text: &Text<'_>, values: &mut Vec<(Amount, f64, Level, &'static str)>, asked: bool, found: &mut Found) {
    let named =
        (0..text.tokens.len()).any(|i| text.is(i, words!["meter", "sugar", "sugars", "glucose", "bm", "libre"]));
    if !asked && !named {
        return;
    }
    for at in 0..text.tokens.len() {
        let level = if text.is(at, words!["hi"]) {
            Level::Hi
        } else if text.word(at) == "lo" {
            Level::Lo
        } else {
            continue;
        };
        let shown = at.checked_sub(1).is_some_and(|b| {
            text.is(
                b,
                words![
                    "says", "say", "said", "reads", "read", "showing", "shows", "showed", "was", "is", "reading",
                    "meter", "still", "got", "just"
                ],
            )
        });
        let alone = (0..text.tokens.len()).all(|i| i == at || text.token(i).is_some_and(|t| t.kind == Kind::Emoji));
        let first = at == 0 || (0..at).all(|i| text.within(i, &text.lexicon.known.courtesy));
        let next_ends = text.token(at + 1).is_none_or(|t| t.parted >= Break::Sentence);
        let follows = text.is(
            at + 1,
            words!["and", "again", "on", "all", "since", "this", "for", "but", "with", "now", "today", "still"],
        );
        let is_meter = match level {
            Level::Lo => asked || shown,
            _ => shown && values.is_empty() || asked && values.is_empty() && (alone || first && (follows || next_ends)),
        };
        if is_meter {
            let amount = Amount::at(at, at + 1, Role::Plain);
            found.ask_again = None;
            values.push((amount, 0.0, level, "mmol/L"));
            return;
        }
    }
}

/// Best of three blows; "86 or 98" is no value; a corrected value wins.
fn choose(
    text: &Text<'_>,
    context: &Context<'_>,
    kind: ReadingKind,
    values: &mut Vec<(Amount, f64, Level, &'static str)>,
    found: &mut Found,
) {
    let mut i = 1;
    while i < values.len() {
        let corrects = match (values.get(i - 1), values.get(i)) {
            (Some(a), Some(b)) => {
                b.0.from - a.0.end.min(b.0.from) <= 8
                    && (a.0.end..b.0.from).any(|at| super::super::count::is_correction(text, at))
            }
            _ => false,
        };
        if corrects {
            values.remove(i - 1);
        } else {
            i += 1;
        }
    }
    // "280 295 270, so put 295", "ninety six, says clip. 96": said once more.
    if let Some(last) = values.last().copied().filter(|_| values.len() > 1)
        && values.iter().rev().skip(1).any(|v| v.2 == last.2)
    {
        let settles = super::super::count::concludes(text, &last.0);
        let same = values.iter().all(|v| v.2 == last.2);
        if settles || same {
            values.clear();
            values.push(last);
        }
    }
    if kind == ReadingKind::PeakFlow && values.len() >= 2 {
        let bare = values
            .windows(2)
            .all(|w| matches!(w, [a, b] if b.0.from - a.0.end <= usize::from(text.is(a.0.end, words!["and"]))));
        let best = text.core.clone().any(|i| text.is(i, words!["best", "highest", "top", "max"]));
        if (bare || best)
            && let Some(best) = values.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))
        {
            values.clear();
            values.push(best);
        }
    }
    if matches!(kind, ReadingKind::Spo2 | ReadingKind::Temperature | ReadingKind::Hba1c) && values.len() > 1 {
        let either =
            values.windows(2).any(|w| matches!(w, [a, b] if (a.0.end..b.0.from).any(|i| text.is(i, words!["or"]))));
        if either {
            let limits = &context.reader.settings.cut_off.spo2;
            found.danger_left_out =
                kind == ReadingKind::Spo2 && values.iter().any(|v| limit(v.1, limits) == Route::Urgent);
            found.ask_again = Some("one of two values");
            values.clear();
        }
    }
    if found.ask_again.is_some() && kind == ReadingKind::Spo2 && values.is_empty() {
        let limits = &context.reader.settings.cut_off.spo2;
        for amount in super::super::numbers::amounts(text) {
            if !amount.single()
                && context.reader.settings.plausible.spo2.holds(amount.lo)
                && limit(amount.lo, limits) == Route::Urgent
            {
                found.danger_left_out = true;
            }
        }
    }
}
