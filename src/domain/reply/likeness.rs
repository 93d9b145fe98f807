//! An answer that is like answers that told of danger, in words no phrase holds: seen by a person, or seen now.

use super::context::Context;
use super::danger::Dangers;
use super::draft::Draft;
use super::text::Text;
use super::understanding::{Intent, Route};

/// Raises the route of an answer to an open question by its likeness to danger.
pub fn read(text: &Text<'_>, context: &Context<'_>, dangers: &Dangers, draft: &mut Draft) {
    let Some(limits) = &context.reader.settings.resemblance else { return };
    if context.prompt.is_none() || draft.route == Route::Urgent || context.reader.resemblance.is_empty() {
        return;
    }
    let (words, places) = spelled(text, dangers);
    let (likeness, telling) = context.reader.resemblance.of(&words);
    let route = if likeness >= limits.urgent_from {
        Route::Urgent
    } else if likeness >= limits.review_from {
        Route::Review
    } else {
        return;
    };
    if route > draft.route {
        let at = places.get(telling).copied().unwrap_or(text.core.start);
        let intent = if route == Route::Urgent { Intent::RedFlag } else { Intent::Other };
        draft.say(intent, route, text, "like replies that told of danger", at, at + 1);
    }
}

/// The words of a reply between blanks, without its courtesies, and the token of each. What the phrases
/// found denied, past or a way of speaking is a gap: it says nothing of danger.
pub(super) fn spelled(text: &Text<'_>, dangers: &Dangers) -> (String, Vec<usize>) {
    let mut words = String::with_capacity(text.folded.text.len() + 2);
    let mut places = Vec::with_capacity(text.core.len());
    for at in text.core.clone() {
        words.push(' ');
        if text.idiom(at, at + 1) || dangers.dismisses(at) {
            words.push('_');
        } else {
            text.spell(at, &mut words);
        }
        places.push(at);
    }
    words.push(' ');
    (words, places)
}
