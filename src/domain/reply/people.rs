//! Who is writing, and about whom: a stranger, a carer, the family of somebody who died, somebody of another language.

use super::context::{Context, PromptKind};
use super::draft::Draft;
use super::label::Label;
use super::text::Text;
use super::understanding::{Intent, Route, Scope};
use super::vocabulary::{Word, words};
use super::wishes::span;

/// Reads a wish for another language, or that this one is not understood.
pub fn language(text: &Text<'_>, draft: &mut Draft) -> bool {
    let Some((from, to)) = text.first(Label::Language).map(span).or_else(|| named_alone(text)) else {
        return false;
    };
    if draft.fields.language.is_none() {
        draft.fields.language = super::language::named(text);
    }
    draft.say(Intent::Language, Route::Review, text, "another language is wanted", from, to);
    true
}

/// "Somali please": a language, and nothing else in its sentence.
fn named_alone(text: &Text<'_>) -> Option<(usize, usize)> {
    let at = text.core.clone().find(|at| super::language::is_name(text, *at))?;
    let (from, to) = (text.sentence_start(at).max(text.core.start), text.sentence_end(at).min(text.core.end));
    let alone = (from..to).all(|i| i == at || text.is(i, words!["please", "in", "only", "speak", "speaker"]));
    alone.then_some((from, to))
}

/// Reads whether the message reached somebody who is not the patient.
pub fn wrong_person(text: &Text<'_>, draft: &mut Draft) -> bool {
    if let Some(hit) = text.all(Label::WrongResults).find(|h| !text.idiom(h.from as usize, h.to as usize)) {
        let (from, to) = span(hit);
        draft.say(Intent::WrongPerson, Route::Urgent, text, "saw another person's results", from, to);
        return true;
    }
    let Some(hit) = text.all(Label::WrongPerson).find(|h| !text.idiom(h.from as usize, h.to as usize)) else {
        return false;
    };
    let (from, to) = span(hit);
    draft.say(Intent::WrongPerson, Route::Review, text, "not the person meant", from, to);
    true
}

/// Reads whether the patient has died.
pub fn bereavement(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) -> bool {
    let own = |at: usize| text.is(at, words!["my", "our"]);
    let hit = text.all(Label::Died).find(|h| {
        let (from, to) = span(*h);
        if text.idiom(from, to) {
            return false;
        }
        // "my husband Ron passed": the patient writes; "Mum", "Joan" and "he" are the patient.
        let start = text.sentence_start(from);
        let relative_of_writer =
            (start..to).any(|i| own(i) && (i + 1..i + 3).any(|r| text.within(r, &text.lexicon.known.relation)));
        let named = text.says(Label::Carer)
            || (start..to).any(|i| text.token(i).is_some_and(|t| t.word == super::vocabulary::Vocabulary::NAME));
        // Asked how they feel, people tell of their own dead; the patient's family would name the patient.
        let asked_feelings = context.prompt.is_some_and(|p| p.kind == PromptKind::Wellbeing)
            && (start..to).any(|i| text.within(i, &text.lexicon.known.relation));
        if asked_feelings && !named {
            return false;
        }
        let formal = (0..to).any(|i| text.is(i, words!["inform", "tell", "regret", "sadness"]));
        !relative_of_writer || named || formal || no_more(text).is_some()
    });
    // "Grace died in March. I am her mum": who dies is a stranger only where nobody writes for the patient.
    let named = || {
        let at = text.core.clone().find(|at| text.is(*at, words!["died", "deceased"]))?;
        (text.says(Label::Carer) && !text.idiom(at, at + 1)).then_some((at, at + 1))
    };
    if let Some((from, to)) = hit.map(span).or_else(named) {
        let told = text.says(Label::ToldBefore);
        let route = if told { Route::Urgent } else { Route::Review };
        draft.say(Intent::Bereavement, route, text, "the patient has died", from, to);
        if let Some(at) = no_more(text) {
            draft.fields.scope = Some(Scope::All);
            draft.say(Intent::Stop, Route::Review, text, "and no more is wanted", at, at + 1);
        }
        return true;
    }
    if let Some(hit) = text.first(Label::DiedPerhaps).filter(|_| text.core_len() <= 5) {
        let (from, to) = span(hit);
        draft.say(Intent::Unclear, Route::Review, text, "gone, or has died?", from, to);
        return true;
    }
    false
}

/// "please take his name off", "close her account", "no more asking for her sugars": where the patient has died that is a stop.
fn no_more(text: &Text<'_>) -> Option<usize> {
    text.core.clone().find(|at| {
        let near = |words: &[Word]| (at + 1..at + 5).any(|i| text.is(i, words));
        if text.is(*at, words!["no"]) {
            // "she is no more" tells of the death itself.
            return text.is(at + 1, words!["more", "further"]) && at + 2 < text.sentence_end(*at);
        }
        if text.is(*at, words!["dont", "not"]) {
            return near(words!["send", "text", "write", "message", "contact", "email"]);
        }
        let ends = text.is(*at, words!["stop", "cancel", "remove", "delete", "close", "cease", "end", "discontinue"])
            || text.is(*at, words!["take"]) && near(words!["off", "out"]);
        let hers = words!["his", "her", "their", "these", "them", "him", "mum", "dad", "texts", "messages"];
        ends && near(hers) && !near(words!["appointment", "slot", "visit", "review", "booking"])
    })
}

/// Reads whether somebody else writes for the patient.
pub fn carer(text: &Text<'_>, draft: &mut Draft) -> bool {
    let hit = text.all(Label::Carer).find(|h| !text.idiom(h.from as usize, h.to as usize));
    let Some(hit) = hit else { return false };
    let (from, to) = span(hit);
    draft.say(Intent::Carer, Route::Review, text, "somebody else writes", from, to);
    true
}
