//! What the judge sees of what the trained models hold for likely: the same features for every reply.

use super::features::{Feature, Part, feature};
use super::understanding::{self, Intent};

const LIKELY: Part<'static> = Part::new("J:p");
const LIKELIHOOD: Part<'static> = Part::new("J:e");
const FILED: Part<'static> = Part::new("J:f");
const DANGER: Part<'static> = Part::new("J:g");
const INTENTS: [Part<'static>; understanding::WORDS.len()] = parts(understanding::WORDS);

/// Words with their hashes, reckoned when the program is built.
pub(super) const fn parts<const N: usize>(words: [&'static str; N]) -> [Part<'static>; N] {
    let mut parts = [Part::NONE; N];
    let mut at = 0;
    while at < N {
        parts[at] = Part::new(words[at]);
        at += 1;
    }
    parts
}

/// An intent, as features name it.
pub(super) fn part(intent: Intent) -> Part<'static> {
    INTENTS.get(intent as usize).copied().unwrap_or(Part::NONE)
}

/// That the second reader holds an intent for likely, in two measures.
pub(super) fn of_intent(intent: Intent) -> [Feature<'static>; 2] {
    [LIKELY, LIKELIHOOD].map(|kind| feature(kind, [part(intent), Part::NONE, Part::NONE]))
}

/// The values of both, by the logarithm of how likely it is.
pub(super) fn values_of_intent(likely: f32) -> [f32; 2] {
    [likely.clamp(-8.0, 0.0) / 2.0, likely.exp() * 3.0]
}

/// That the trained models hold a reply for one that needs nobody, and for danger.
pub(super) fn of_models() -> [Feature<'static>; 2] {
    [FILED, DANGER].map(|kind| feature(kind, [Part::NONE; 3]))
}

/// The values of both.
pub(super) fn values_of_models(filed: f32, danger: f32) -> [f32; 2] {
    [filed.clamp(-6.0, 6.0) / 3.0, danger.clamp(-6.0, 6.0) / 2.0]
}
