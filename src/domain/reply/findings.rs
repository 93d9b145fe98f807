//! What the judge sees of a reply: what the rules found, and what the trained models hold for likely.

use super::Found;
use super::asked::asked;
use super::context::{Channel, Context};
use super::draft::Draft;
use super::features::{Feature, Part, feature, split};
use super::label;
use super::odds::{self, part, parts};
use super::second_reader::{Opinion, SecondReader};
use super::text::Text;

/// Everything a finding is made from.
pub(super) struct Case<'a> {
    pub(super) text: &'a Text<'a>,
    pub(super) context: &'a Context<'a>,
    pub(super) found: &'a Found,
    pub(super) draft: &'a Draft,
    /// The words of it, as the second reader sees them.
    pub(super) words: &'a str,
    /// What the second reader holds for likely.
    pub(super) opinion: &'a Opinion,
    /// How like danger it is, as a logit.
    pub(super) danger: f32,
}

/// Kinds of what was found: `i` is what the rules take it for, `q` what was asked, `s` what else they read, `y` their reasons, `l`
/// the phrases that are there, `u` the words nothing was read from, `n` numbers, `t` each word, `b` how far both readers agree.
macro_rules! kinds {
    ($($kind:ident $name:literal)*) => { $(const $kind: Part<'static> = Part::new(concat!("J:", $name));)* };
}
kinds! {
    FIRST "i" FIRST_ASKED "iq" ASKED "q" ROUTE "r" FIRST_ROUTE "ir" SAID "s" FIRST_SAID "is" WHY "y" FIRST_WHY "iy"
    PHRASE "l" FIRST_PHRASE "il" ASKED_PHRASE "ql" WORDS "w" UNREAD "u" FIRST_UNREAD "iu" NUMBERS "n" FIRST_NUMBERS "in"
    ASKED_NUMBERS "qn" DOUBTS "d" WATCHED "v" DISMISSED "x" IDIOMS "m" ANSWER "a" OPENS "ao" AGAIN "again" EMAIL "email"
    FIRST_WORD "t" AGREED "b" FIRST_AGREED "bi"
}

const COUNTS: [Part<'static>; 9] = parts(["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
const PHRASES: [Part<'static>; label::NAMES.len()] = parts(label::NAMES);
const MARKS: [Part<'static>; 3] = parts(label::MARKS);
const ROUTES: [Part<'static>; 3] = parts(["auto", "review", "urgent"]);

const NONE: Part<'static> = Part::NONE;

/// The first of these bounds a number does not pass.
fn within(number: usize, bounds: &[usize]) -> Part<'static> {
    let step = bounds.iter().position(|bound| number <= *bound).unwrap_or(bounds.len());
    COUNTS.get(step).copied().unwrap_or(NONE)
}

fn up_to(number: usize, most: usize) -> Part<'static> {
    COUNTS.get(number.min(most)).copied().unwrap_or(NONE)
}

/// Names everything found, with its weight.
pub(super) fn each<'a>(case: &Case<'a>, second: &SecondReader, mut see: impl FnMut(Feature<'a>, f32)) {
    of_rules(case, |feature| see(feature, 1.0));
    for ((intent, _), likely) in second.intents.iter().zip(case.opinion.likely()) {
        for (feature, value) in odds::of_intent(*intent).into_iter().zip(odds::values_of_intent(*likely)) {
            see(feature, value);
        }
    }
    let (agreed, value) = agreed(case, second);
    for feature in agreed {
        see(feature, value);
    }
    for (feature, value) in odds::of_models().into_iter().zip(odds::values_of_models(case.opinion.filed, case.danger)) {
        see(feature, value);
    }
}

/// That the second reader holds for likely what the rules read, and how much.
pub(super) fn agreed(case: &Case<'_>, second: &SecondReader) -> ([Feature<'static>; 2], f32) {
    let first = case.draft.first();
    let held = second.intents.iter().zip(case.opinion.likely()).find(|((intent, _), _)| *intent == first);
    let likely = held.map_or(f32::MIN, |(_, likely)| *likely);
    let features = [feature(AGREED, [NONE; 3]), feature(FIRST_AGREED, [part(first), NONE, NONE])];
    (features, odds::values_of_intent(likely)[1])
}

/// What the rules found.
pub(super) fn of_rules<'a>(case: &Case<'a>, mut see: impl FnMut(Feature<'a>)) {
    let Case { text, context, found, draft, words, .. } = *case;
    let [about, form] = asked(context).map(Part::new);
    let first = part(draft.first());
    let mut is = |kind, parts| see(feature(kind, parts));
    is(FIRST, [first, NONE, NONE]);
    is(FIRST_ASKED, [first, about, form]);
    is(ASKED, [about, form, NONE]);
    let route = ROUTES.get(draft.route as usize).copied().unwrap_or(NONE);
    is(ROUTE, [route, NONE, NONE]);
    is(FIRST_ROUTE, [first, route, NONE]);
    for said in draft.said.iter() {
        is(SAID, [part(*said), NONE, NONE]);
        is(FIRST_SAID, [first, part(*said), NONE]);
    }
    let whys = || draft.because.iter().map(|b| &*b.what).chain(draft.cautions.iter().map(|c| c.why));
    for (number, why) in whys().enumerate() {
        if whys().take(number).all(|before| before != why) {
            let why = Part::phrase(why.split(':').next().unwrap_or_default());
            is(WHY, [why, NONE, NONE]);
            is(FIRST_WHY, [first, why, NONE]);
        }
    }
    let mut kinds = text.kinds();
    while kinds != 0 {
        let tag = kinds.trailing_zeros() as usize;
        let phrase = MARKS.get(tag).or_else(|| PHRASES.get(tag - MARKS.len())).copied().unwrap_or(NONE);
        is(PHRASE, [phrase, NONE, NONE]);
        is(FIRST_PHRASE, [first, phrase, NONE]);
        is(ASKED_PHRASE, [about, form, phrase]);
        kinds &= kinds - 1;
    }
    for word in split(words) {
        is(FIRST_WORD, [first, Part::new(word), NONE]);
    }
    let words = text.core_len();
    let (answered, unread) = match found.answer {
        Some((from, to)) => (const { Part::new("a") }, words.saturating_sub(to.saturating_sub(from))),
        None => (const { Part::new("-") }, words),
    };
    is(WORDS, [within(words, &[1, 2, 3, 4, 6, 8, 12, 20]), NONE, NONE]);
    let unread = within(unread, &[0, 1, 2, 3, 4, 6, 8, 12]);
    is(UNREAD, [answered, unread, NONE]);
    is(FIRST_UNREAD, [first, unread, NONE]);
    let numbers = up_to(found.numbers, 3);
    is(NUMBERS, [numbers, NONE, NONE]);
    is(FIRST_NUMBERS, [first, numbers, NONE]);
    is(ASKED_NUMBERS, [about, form, numbers]);
    is(DOUBTS, [up_to(usize::from(draft.doubts), 3), NONE, NONE]);
    is(WATCHED, [up_to(found.dangers.watch.len(), 3), NONE, NONE]);
    is(DISMISSED, [up_to(found.dangers.dismissed.len(), 2), NONE, NONE]);
    is(IDIOMS, [up_to(text.core.clone().filter(|at| text.idiom(*at, at + 1)).count(), 3), NONE, NONE]);
    is(ANSWER, [draft.answer.map_or(const { Part::new("-") }, part), NONE, NONE]);
    if found.answer.is_some_and(|(from, _)| from <= text.core.start) {
        is(OPENS, [NONE, NONE, NONE]);
    }
    if draft.asked_again {
        is(AGAIN, [NONE, NONE, NONE]);
    }
    if context.channel == Channel::Email {
        is(EMAIL, [NONE, NONE, NONE]);
    }
}
