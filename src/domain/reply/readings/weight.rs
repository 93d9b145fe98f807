//! Weight in kilograms, stones and pounds.

use super::super::context::Context;
use super::super::facts::Unit;
use super::super::numbers::{Amount, Role};
use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::understanding::Reading;
use super::super::vocabulary::words;
use super::{Found, Owner, owner};

/// One pound in kilograms, by its legal definition.
const POUND: f64 = 0.453_592_37;
/// Above this a bare number may be pounds.
const BARE_UP_TO: f64 = 160.0;

#[derive(Debug, Clone, Copy)]
struct Weight {
    kg: f64,
    from: usize,
    to: usize,
    words: bool,
    past: bool,
    imperial: bool,
    /// Its unit was written.
    unit: bool,
}

/// Reads weights; unasked ones only with their unit.
pub fn read(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], asked: bool, by_carer: bool) -> Found {
    let mut found = Found::default();
    let mut weights: Vec<Weight> = Vec::new();
    let mut others = false;
    let mut i = 0;
    let mut since = 0;
    while let Some(amount) = amounts.get(i) {
        let (weight, used) = weigh(text, amounts, i, asked, &mut found);
        i += used.max(1);
        let Some(weight) = weight else { continue };
        if is_change(text, amount, weight.to) {
            if weights.is_empty() {
                found.ask_again.get_or_insert("a change, not a weight");
            } else {
                found.doubt("a change beside the weight was left out");
            }
            continue;
        }
        let whose = owner(text, weight.from, since);
        since = weight.to;
        if whose == Owner::Other && asked && !by_carer {
            others = true;
            continue;
        }
        weights.push(weight);
    }
    let plausible = context.reader.settings.plausible.weight;
    if asked && weights.iter().any(|w| !plausible.holds(w.kg)) {
        found.ask_again.get_or_insert("weight is not plausible");
    }
    weights.retain(|w| plausible.holds(w.kg));
    if asked && weights.iter().any(|w| !w.past) {
        weights.retain(|w| !w.past);
    }
    // "95.7 kg if you are under 40": beside a weight with its unit a bare number is none.
    if asked && weights.iter().any(|w| w.unit) {
        weights.retain(|w| w.unit);
    }
    // The same weight in both units is one weight.
    if weights.len() == 2
        && let [a, b] = weights.as_slice()
        && (a.kg - b.kg).abs() < 1.0
        && a.imperial != b.imperial
    {
        weights.truncate(1);
    }
    if asked && weights.len() > 1 {
        found.doubt("more than one weight");
        let last = weights.last().copied();
        weights.clear();
        weights.extend(last);
    }
    if others {
        found.doubt("a weight of somebody else was left out");
    }
    for w in weights {
        if w.words {
            found.doubt("weight in words");
        }
        found.push(Reading::Weight { kg: (w.kg * 10.0).round() / 10.0 }, w.from, w.to);
    }
    if !found.is_empty() {
        found.ask_again = None;
    } else if asked
        && found.ask_again.is_none()
        && amounts.iter().any(|a| matches!(a.role, Role::Plain | Role::Muddled))
    {
        found.ask_again = Some("no weight can be read from these numbers");
    }
    found
}

/// One weight from one or two numbers; the second part is how many numbers it took.
fn weigh(text: &Text<'_>, amounts: &[Amount], i: usize, asked: bool, found: &mut Found) -> (Option<Weight>, usize) {
    let Some(a) = amounts.get(i) else {
        return (None, 1);
    };
    if a.role != Role::Plain || !a.single() || a.of.is_some() {
        return (None, 1);
    }
    let weight = |kg: f64, to: usize, imperial: bool, words: bool| Weight {
        kg,
        from: a.from,
        to,
        words,
        past: a.past,
        imperial,
        unit: a.unit != Unit::None,
    };
    match a.unit {
        Unit::Kg => match grams(text, amounts.get(i + 1), a.end) {
            // "71 kilo and 300 gram"
            Some((grams, end)) => (Some(weight(a.lo + grams / 1000.0, end, false, a.words)), 2),
            None => (Some(weight(a.lo, a.end, false, a.words)), 1),
        },
        Unit::Pound => (Some(weight(a.lo * POUND, a.end, true, a.words)), 1),
        Unit::Stone => stones(text, amounts, i, found, &weight),
        Unit::None if asked => {
            // "12 and a half stone" is one number; a bare one is kilograms if no other unit would fit it.
            if a.lo > BARE_UP_TO && a.lo <= 420.0 {
                found.ask_again.get_or_insert("kilograms or pounds?");
                return (None, 1);
            }
            let label =
                text.token(a.end).is_some_and(|t| t.parted <= Break::Space) && text.fact(a.end).number.is_some();
            (if label { None } else { Some(weight(a.lo, a.end, false, a.words)) }, 1)
        }
        _ => {
            if asked {
                found.ask_again.get_or_insert("not a unit of weight");
            }
            (None, 1)
        }
    }
}

fn grams(text: &Text<'_>, amount: Option<&Amount>, after: usize) -> Option<(f64, usize)> {
    let amount = amount.filter(|b| b.single() && b.lo < 1000.0 && b.role == Role::Plain)?;
    let joined = amount.from - after <= usize::from(text.is(after, words!["and"]));
    let gram = ["gram", "grams", "gms", "gm", "g"].iter().any(|word| text.is_str(amount.to, word));
    (joined && gram).then_some((amount.lo, amount.to + 1))
}

fn stones(
    text: &Text<'_>,
    amounts: &[Amount],
    i: usize,
    found: &mut Found,
    weight: &impl Fn(f64, usize, bool, bool) -> Weight,
) -> (Option<Weight>, usize) {
    let Some(a) = amounts.get(i) else {
        return (None, 1);
    };
    // "14.2 stone" may be 14 stone 2 pounds.
    if a.decimals > 0 && ![0.5, 0.25, 0.75].iter().any(|f| (a.lo.fract() - f).abs() < 1e-9) {
        found.ask_again = Some("stones with a decimal point");
        return (None, 1);
    }
    if let Some(b) = amounts.get(i + 1)
        && b.role != Role::Phone
        && b.single()
        && b.lo < 14.0
        && matches!(b.unit, Unit::Pound | Unit::None)
        && b.of.is_none()
        && text.token(b.from).is_some_and(|t| t.parted <= Break::Comma)
        && b.from - a.end <= usize::from(text.is(a.end, words!["and"]))
    {
        return (Some(weight(a.lo.mul_add(14.0, b.lo) * POUND, b.end, true, a.words && b.words)), 2);
    }
    if text.is(a.end, words!["something", "odd", "ish", "and"]) && !text.is(a.end, words!["and"])
        || text.is(a.end, words!["and"]) && text.is(a.end + 1, words!["something", "a", "bit", "half"])
    {
        if text.is(a.end + 1, words!["half"]) || text.is(a.end + 2, words!["half"]) {
            return (Some(weight((a.lo + 0.5) * 14.0 * POUND, a.end + 3, true, a.words)), 1);
        }
        found.ask_again = Some("the pounds are missing");
        return (None, 1);
    }
    (Some(weight(a.lo * 14.0 * POUND, a.end, true, a.words)), 1)
}

/// "lost 2 stone", "down 3lb", "2.5 up".
fn is_change(text: &Text<'_>, amount: &Amount, to: usize) -> bool {
    let change = words![
        "lost", "down", "up", "gained", "put", "dropped", "loss", "gain", "off", "shed", "losing", "another",
        "further", "extra",
    ];
    let before = (1..=2).any(|back| {
        amount.from.checked_sub(back).is_some_and(|b| {
            text.is(b, change)
                && !text.is(b + 1, words!["at", "as"])
                && (b + 1..=amount.from).all(|i| text.token(i).is_some_and(|t| t.parted <= Break::Space))
        })
    });
    let behind = text.token(to).is_some_and(|t| t.parted <= Break::Space)
        && (text.is(
            to,
            words![
                "lost", "up", "down", "off", "gone", "less", "heavier", "lighter", "more", "gained", "loss", "lower",
                "higher"
            ],
        ) || text.is(to, words!["a"]) && text.is(to + 1, words!["week"]));
    let to_before = text.is(amount.from.saturating_sub(1), words!["to"]);
    // "84.2kg down from 85": the first is today's.
    let from_behind = text.is(to, words!["down", "up"]) && text.is(to + 1, words!["from"]);
    // "11st 7lb lost 2lb": the word belongs to the number that follows it.
    let of_next = text.is(to, words!["lost", "down", "up", "gained"])
        && text.token(to + 1).is_some_and(|t| t.kind == Kind::Number && t.parted <= Break::Space);
    (before || behind && !of_next) && !to_before && !from_behind
}
