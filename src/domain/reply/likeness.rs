//! An answer that is like answers that told of danger, in words no phrase holds: seen by a person, or seen now.

use super::context::Context;
use super::danger::Dangers;
use super::draft::Draft;
use super::features::Seen;
use super::text::Text;
use super::understanding::{Intent, Route};

/// How like danger a reply is.
pub(super) struct Likeness<'s> {
    /// As a logit.
    pub(super) logit: f32,
    /// The token that told most.
    telling: usize,
    seen: &'s Seen,
}

impl<'s> Likeness<'s> {
    /// Asks the trained weights of danger about the words as [`spelled`].
    pub(super) fn of(text: &Text<'_>, context: &Context<'_>, seen: &'s Seen) -> Self {
        if context.reader.resemblance.is_empty() {
            return Self { logit: f32::MIN, telling: text.core.start, seen };
        }
        let (logit, telling) = context.reader.resemblance.of(seen);
        Self { logit, telling: text.core.start + telling, seen }
    }

    /// Raises the route by how likely danger is: as the judge sees it who knows what the rules found, and beside an open question
    /// by the likeness itself, so that the judge takes no person away from a reply.
    pub(super) fn raise(&self, text: &Text<'_>, context: &Context<'_>, judged: Option<f32>, draft: &mut Draft) {
        let Some(limits) = &context.reader.settings.resemblance else { return };
        let judged = judged.unwrap_or(0.0);
        let like = if context.prompt.is_some() { 1.0 / (1.0 + (-self.logit).exp()) } else { 0.0 };
        let (route, intent) = if judged >= limits.urgent_from || like >= limits.like_urgent_from {
            (Route::Urgent, Intent::RedFlag)
        } else if judged >= limits.review_from || like >= limits.like_review_from {
            (Route::Review, Intent::Other)
        } else {
            return;
        };
        if route > draft.route {
            draft.say(intent, route, text, "like replies that told of danger", self.telling, self.telling + 1);
            if route == Route::Urgent && draft.flag.is_none() {
                draft.likely_flag = context.reader.resemblance.family(self.seen);
            }
        }
    }
}

/// Whether the phrases found a word denied, past or a way of speaking: it says nothing of danger.
pub(super) fn gap(text: &Text<'_>, dangers: &Dangers, at: usize) -> bool {
    text.idiom(at, at + 1) || dangers.dismisses(at)
}

/// The words of a reply between blanks, without its courtesies, one for each token. A [`gap`] stands as one.
pub(super) fn spelled(text: &Text<'_>, dangers: &Dangers) -> String {
    let mut words = String::with_capacity(2 * text.folded.text.len() + 2);
    for at in text.core.clone() {
        words.push(' ');
        if gap(text, dangers, at) {
            words.push('_');
        } else {
            text.spell(at, &mut words);
        }
    }
    words.push(' ');
    words
}
