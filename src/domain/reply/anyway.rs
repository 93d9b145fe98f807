//! What people say anyway: questions, complaints, requests, symptoms, thanks, small talk.

use super::danger::Dangers;
use super::draft::Draft;
use super::label::Label;
use super::text::Text;
use super::tokens::{Break, Kind};
use super::understanding::{Intent, Route};
use super::vocabulary::words;

/// What else a reply holds beside its answer.
pub fn read(text: &Text<'_>, dangers: &Dangers, answer: Option<(usize, usize)>, draft: &mut Draft) {
    complaint(text, draft);
    // On an appointment, asking for another time is the answer itself.
    let rebooks = draft.answer == Some(Intent::Reschedule);
    // "can you not text at seven": a complaint in the form of a question.
    let asks_to = text.is(text.core.start, words!["can", "could", "would"]);
    let contact = draft.said.contains(&Intent::ContactChange) && asks_to;
    let polite = contact
        || draft.said.contains(&Intent::Complaint)
            && asks_to
            && (text.core.start..text.core.start + 4).any(|i| text.is(i, words!["not", "stop"]));
    if draft.fields.language.is_none() && !polite && !rebooks {
        question(text, answer, draft);
    }
    // An agenda's items are read at the review; elsewhere nothing covers what a person should read.
    let covering = answer.filter(|_| draft.answer == Some(Intent::AgendaItems));
    worth_reading(text, dangers, covering, draft);
    request(text, answer, draft);
}

fn covered(answer: Option<(usize, usize)>, from: usize, to: usize) -> bool {
    answer.is_some_and(|(f, t)| f <= from && to <= t)
}

fn question(text: &Text<'_>, answer: Option<(usize, usize)>, draft: &mut Draft) {
    let small = |from: usize, to: usize| text.small_talk(from, to);
    for hit in text.all(Label::Question) {
        let (from, to) = (hit.from as usize, hit.to as usize);
        let end = text.sentence_end(from).min(from + 60);
        let asked = (from..end).any(|i| text.token(i).is_some_and(|t| t.asked));
        // "do", "did" and "is" ask only at the head of a sentence; "what" and "can" also behind a joining word.
        let head = from == text.core.start
            || answer.is_some_and(|(_, to)| from == to)
            || text.token(from).is_some_and(|t| t.parted >= Break::Sentence);
        let joined = text.token(from).is_some_and(|t| t.parted >= Break::Comma)
            || from >= 1 && text.is(from - 1, words!["and", "but", "also", "ok", "yes", "no", "ps", "so", "please"]);
        let weak = text.is(from, words!["do", "did", "does", "is", "are", "am", "was", "has", "have", "will"]);
        let tag = text.is(from, words!["isnt", "arent"]);
        let opens = head || joined && !weak || tag;
        let wished = draft.covered.iter().any(|(f, t)| *f < end && from < *t);
        if wished || small(from, end) || covered(answer, from, to) || !(asked || opens) {
            continue;
        }
        draft.say(Intent::Question, Route::Review, text, "a question", from, end);
        return;
    }
    // A question mark behind words of its own that are no answer.
    for at in text.core.clone() {
        if text.token(at).is_some_and(|t| t.asked) {
            let from = text.sentence_start(at).max(text.core.start);
            let words = (from..=at).filter(|i| text.token(*i).is_some_and(|t| t.kind == Kind::Word)).count();
            let wished = draft.covered.iter().any(|(f, t)| *f <= at && from < *t);
            if words >= 3 && !wished && !small(from, at + 1) && !answer.is_some_and(|(f, t)| f <= from && at < t + 2) {
                draft.say(Intent::Question, Route::Review, text, "a question mark", from, at + 1);
                return;
            }
        }
    }
}

fn complaint(text: &Text<'_>, draft: &mut Draft) {
    if let Some(hit) = text.all(Label::Threat).find(|h| !text.idiom(h.from as usize, h.to as usize)) {
        draft.say(Intent::Complaint, Route::Urgent, text, "a threat", hit.from as usize, hit.to as usize);
        return;
    }
    // "tired but not complaining": the opposite.
    let unsaid = |from: usize| {
        text.is(from, words!["complaint", "complain", "complaining", "complained"])
            && from.checked_sub(1).is_some_and(|b| text.within(b, &text.lexicon.known.negators))
    };
    let meant = |h: &super::pattern::Hit| !text.idiom(h.from as usize, h.to as usize) && !unsaid(h.from as usize);
    if let Some(hit) = text.all(Label::Complaint).find(meant) {
        draft.say(Intent::Complaint, Route::Review, text, "a complaint", hit.from as usize, hit.to as usize);
    }
}

fn worth_reading(text: &Text<'_>, dangers: &Dangers, answer: Option<(usize, usize)>, draft: &mut Draft) {
    if let Some((from, to)) = dangers.grave {
        draft.say(Intent::Other, Route::Urgent, text, "a person should read this now", from, to);
        return;
    }
    // "dont stop them": what is said about the messages is not said about medicines.
    let kept = |f: usize, t: usize| text.all(Label::Keep).any(|h| h.from as usize <= f && t <= h.to as usize + 1);
    // Nor is what a wish to stop was read from; "dont you dare stop them".
    let wished = |f: usize, t: usize| draft.covered.iter().any(|(from, to)| *from <= f && t <= *to);
    let ends = |f: usize| text.is(f, words!["stop", "end", "cancel", "stopping"]) && text.says(Label::Keep);
    let unread = |(f, t): &(usize, usize)| !covered(answer, *f, *t) && !kept(*f, *t) && !wished(*f, *t) && !ends(*f);
    let Some((from, to)) = dangers.watch.iter().copied().find(unread) else {
        return;
    };
    draft.say(Intent::Other, Route::Review, text, "a person should read this", from, to);
}

fn request(text: &Text<'_>, answer: Option<(usize, usize)>, draft: &mut Draft) {
    if draft.answer == Some(Intent::Choice)
        || draft.said.contains(&Intent::Question)
        || draft.said.contains(&Intent::ContactChange)
        || draft.said.contains(&Intent::Complaint)
    {
        return;
    }
    let hit = text
        .all(Label::Request)
        .chain(text.all(Label::Tell))
        .find(|h| !covered(answer, h.from as usize, h.to as usize) && !text.idiom(h.from as usize, h.to as usize));
    if let Some(hit) = hit {
        draft.say(Intent::Other, Route::Review, text, "something to be done", hit.from as usize, hit.to as usize);
    }
}
