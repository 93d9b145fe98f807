//! What a reply holds of the meaning it is suspected to have: read once more, less strictly than the rules read.
//!
//! Nothing here is filed. A suspected meaning always goes to a person, who sees with it the number, the date or the option that
//! most likely stands in the reply, and confirms it or not.

use super::agenda::{self, Agenda};
use super::choice::{self, Chosen};
use super::contact;
use super::context::{Context, Expects};
use super::count;
use super::dates::{self, Anchor};
use super::draft::Draft;
use super::label::Label;
use super::language;
use super::numbers;
use super::text::Text;
use super::understanding::{Intent, Scope};
use super::vocabulary::words;

/// Fills in the fields of a suspected meaning, where the rules left them empty.
pub(super) fn read(text: &Text<'_>, context: &Context<'_>, suspected: Intent, draft: &mut Draft) {
    match suspected {
        Intent::ProgressNumber => number(text, context, draft),
        Intent::Choice => option(text, context, draft),
        Intent::AgendaItems => items(text, context, draft),
        Intent::Reschedule => date(text, context, draft),
        Intent::ContactChange => contact::likeliest(text, &numbers::amounts(text), draft),
        Intent::Language => draft.fields.language = draft.fields.language.or_else(|| language::named(text)),
        Intent::Stop => {
            draft.fields.scope.get_or_insert(if one_topic(text) { Scope::Topic } else { Scope::All });
        }
        _ => {}
    }
}

fn number(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) {
    if draft.fields.value.is_some() || draft.fields.min.is_some() {
        return;
    }
    let Some(asked) = count::Asked::of(context) else { return };
    let Some((lo, hi)) = count::likeliest(text, &numbers::amounts(text), &asked) else { return };
    if lo < hi {
        (draft.fields.min, draft.fields.max) = (Some(lo), Some(hi));
    } else {
        draft.fields.value = Some(lo);
    }
}

fn option(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) {
    let Some(Expects::Choice { options }) = context.expects() else { return };
    if draft.fields.option.is_some() || draft.fields.options.is_some() {
        return;
    }
    match choice::read(text, &numbers::amounts(text), options) {
        Chosen::Keys(keys, _) if keys.len() > 1 => draft.fields.options = Some(keys),
        Chosen::Keys(keys, _) => draft.fields.option = keys.into_iter().next(),
        Chosen::NotOnMenu | Chosen::Nothing => {}
    }
}

fn items(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) {
    let Some(prompt) = context.prompt.filter(|_| draft.fields.items.is_none()) else { return };
    draft.fields.items = match agenda::read(text, &numbers::amounts(text), prompt) {
        Agenda::Items(items) => Some(items),
        Agenda::NotOnMenu | Agenda::Nothing => None,
    };
}

fn date(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) {
    let said = dates::read(text, Anchor::of(context));
    draft.fields.date = draft.fields.date.or(said.date);
    draft.fields.time = draft.fields.time.or(said.time);
    if draft.fields.time.is_none() {
        draft.fields.part = draft.fields.part.or(said.part);
    }
}

/// "no more fag texts", "stop the exercise one": a word with a matter of its own says which messages.
fn one_topic(text: &Text<'_>) -> bool {
    let known = &text.lexicon.known;
    let named = |at: usize| {
        at > text.core.start
            && text.is(at, words!["one", "ones", "texts", "messages", "questions", "reminders"])
            && !text.within(at - 1, &known.function)
            && !text.is(
                at - 1,
                words![
                    "stop", "stopping", "no", "more", "any", "these", "your", "those", "end", "cancel", "further",
                    "receive"
                ],
            )
    };
    text.says(Label::StopTopic) || text.core.clone().any(named)
}
