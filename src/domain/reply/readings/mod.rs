//! Home readings: which numbers of a reply are the patient's own values, in which unit, and who has to see them.

mod bp;
mod single;
mod weight;

use super::context::Context;
use super::numbers::Amount;
use super::reading_kind::ReadingKind;
use super::settings::{CutOffs, Limits};
use super::text::Text;
use super::understanding::{Because, Level, Reading, Route};
use super::vocabulary::words;

/// The readings found for one question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// In the order they were written.
    pub readings: Vec<Reading>,
    /// A person has to check them before they are filed, and why.
    pub check: Option<&'static str>,
    /// The first and one past the last token of each.
    pub spans: Vec<(usize, usize)>,
    /// A value was written that cannot be filed: ask again.
    pub ask_again: Option<&'static str>,
    /// A value left out, or one of two, would have been urgent.
    pub danger_left_out: bool,
}

impl Found {
    fn push(&mut self, reading: Reading, from: usize, to: usize) {
        self.readings.push(reading);
        self.spans.push((from, to));
    }

    fn doubt(&mut self, why: &'static str) {
        self.check.get_or_insert(why);
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }
}

/// The readings of the kind that was asked for.
pub fn asked(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], kind: ReadingKind, by_carer: bool) -> Found {
    match kind {
        ReadingKind::Bp => bp::read(text, context, amounts, true, by_carer),
        ReadingKind::Weight => weight::read(text, context, amounts, true, by_carer),
        _ => single::read(text, context, amounts, kind, true, by_carer),
    }
}

/// Readings somebody sends unasked: only those that say what they are.
pub fn unasked(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], but: Option<ReadingKind>) -> Found {
    let mut all = Found::default();
    for kind in [
        ReadingKind::Weight,
        ReadingKind::Bp,
        ReadingKind::Glucose,
        ReadingKind::PeakFlow,
        ReadingKind::Hba1c,
        ReadingKind::Temperature,
        ReadingKind::Spo2,
    ] {
        // Only a meter's words stand without a number.
        if Some(kind) == but || amounts.is_empty() && kind != ReadingKind::Glucose {
            continue;
        }
        let found = match kind {
            ReadingKind::Bp => bp::read(text, context, amounts, false, false),
            ReadingKind::Weight => weight::read(text, context, amounts, false, false),
            _ => single::read(text, context, amounts, kind, false, false),
        };
        all.readings.extend(found.readings);
        all.spans.extend(found.spans);
    }
    all
}

/// Who has to see a reading, by the signed figures, and why.
pub fn route(reading: &Reading, cut_off: &CutOffs) -> (Route, &'static str) {
    match reading {
        Reading::Bp { systolic, diastolic, pulse } => {
            let parts = [
                (limit(f64::from(*systolic), &cut_off.systolic), "blood pressure beyond a signed limit"),
                (limit(f64::from(*diastolic), &cut_off.diastolic), "blood pressure beyond a signed limit"),
                (pulse.map_or(Route::Auto, |p| limit(f64::from(p), &cut_off.pulse)), "pulse beyond a signed limit"),
            ];
            parts.into_iter().max_by_key(|(route, _)| *route).unwrap_or((Route::Auto, ""))
        }
        Reading::Weight { kg } => (limit(*kg, &cut_off.weight), "weight beyond a signed limit"),
        Reading::Single { level: Level::Hi | Level::Lo, .. } => (Route::Urgent, "the meter shows HI or LO"),
        Reading::Single { kind, level: Level::Number(n), .. } => {
            let limits = match kind {
                ReadingKind::Glucose => &cut_off.glucose,
                ReadingKind::PeakFlow => &cut_off.peak_flow,
                ReadingKind::Temperature => &cut_off.temperature,
                ReadingKind::Spo2 => &cut_off.spo2,
                ReadingKind::Hba1c => &cut_off.hba1c,
                _ => &cut_off.steps,
            };
            (limit(*n, limits), "a value beyond a signed limit")
        }
    }
}

fn limit(value: f64, limits: &Limits) -> Route {
    let under = |l: Option<f64>| l.is_some_and(|l| value < l);
    let from = |l: Option<f64>| l.is_some_and(|l| value >= l);
    if under(limits.urgent_under) || from(limits.urgent_from) {
        Route::Urgent
    } else if under(limits.review_under) || from(limits.review_from) {
        Route::Review
    } else {
        Route::Auto
    }
}

/// The route of all readings together, with the reason of the highest.
pub fn judge(found: &Found, text: &Text<'_>, cut_off: &CutOffs, because: &mut Vec<Because>) -> Route {
    let mut highest = Route::Auto;
    for (reading, span) in found.readings.iter().zip(&found.spans) {
        let (route, why) = self::route(reading, cut_off);
        because.push(text.because(if route == Route::Auto { "reading" } else { why }, span.0, span.1));
        highest = highest.max(route);
    }
    highest
}

/// Who a value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The writer, as far as can be seen.
    Own,
    /// "mine".
    Mine,
    /// A relative, a pet, somebody named.
    Other,
}

/// Looks back from a value to the value or sentence before it for whose it is.
fn owner(text: &Text<'_>, from: usize, since: usize) -> Owner {
    let known = &text.lexicon.known;
    let mut unknown_name = false;
    // "at the merchants 15 stone": what has an article is no name.
    let article = |at: usize| {
        (1..=2)
            .filter_map(|back| at.checked_sub(back))
            .any(|b| text.is(b, words!["the", "a", "an", "this", "that", "our", "new", "old"]))
    };
    for at in (since.max(from.saturating_sub(6))..from).rev() {
        if text.is(at, words!["mine", "my", "i", "me", "im"]) {
            return Owner::Mine;
        }
        if text.within(at, &known.relation)
            || text.is(
                at,
                words!["his", "hers", "he", "hes", "she", "shes", "dogs", "boy", "girl", "lads", "boys", "girls"],
            )
        {
            return Owner::Other;
        }
        if at + 1 == from
            && text.token(at).is_some_and(|t| {
                t.word == 0
                    && t.kind == super::tokens::Kind::Word
                    && !article(at)
                    && (at == 0 || t.parted != super::tokens::Break::None)
            })
        {
            unknown_name = true;
        }
        if text.is(at, words!["is", "was", "had", "has"])
            && at > since
            && !super::count::is_correction(text, at - 1)
            && text.token(at - 1).is_some_and(|t| t.word == 0 && t.kind == super::tokens::Kind::Word)
        {
            unknown_name = true;
        }
        if text.token(at).is_some_and(|t| t.parted >= super::tokens::Break::Sentence) {
            break;
        }
    }
    if unknown_name { Owner::Other } else { Owner::Own }
}

/// "160/90 the husbands", "14.2 my lads": whose a value is, said behind it.
fn owner_behind(text: &Text<'_>, to: usize) -> bool {
    let near = (to..to + 3).take_while(|at| text.token(*at).is_some_and(|t| t.parted <= super::tokens::Break::Space));
    let near: Vec<usize> = near.collect();
    let begins = near.first().is_some_and(|at| {
        text.is(*at, words!["the", "my", "is", "for", "his", "her"]) || text.within(*at, &text.lexicon.known.relation)
    });
    begins && near.iter().any(|at| text.within(*at, &text.lexicon.known.relation))
}

/// Ketones in the blood, where they are named: the number and its tokens. They are no reading that is filed.
pub fn ketones(text: &Text<'_>, amounts: &[Amount]) -> Option<(f64, usize, usize)> {
    amounts.iter().find_map(|a| {
        let named = (1..=3).any(|back| {
            a.from.checked_sub(back).is_some_and(|b| {
                text.is(b, words!["ketones", "ketone"])
                    && (b + 1..a.from).all(|i| text.token(i).is_some_and(|t| t.kind == super::tokens::Kind::Word))
            })
        });
        (named && a.single() && a.role == super::numbers::Role::Plain).then_some((a.lo, a.from, a.end))
    })
}

/// Whether this many ketones are urgent, by the signed figures.
pub fn ketones_urgent(value: f64, cut_off: &CutOffs) -> bool {
    limit(value, &cut_off.ketones) == Route::Urgent
}
