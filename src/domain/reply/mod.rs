//! What a reply means: one pure function, used by live traffic, by the page that explains a reading, and by `between inspect reply`.
//!
//! The order of reading: machines are told from people; danger in any state and beside any other content; wishes about the
//! messages themselves; who is writing; the answer to the open question; what people say anyway; else a person.
//! A route is only ever raised: see [`Route`].

mod agenda;
mod answers;
mod anyway;
mod appointment;
mod asked;
mod by_feature;
mod caution;
mod choice;
mod clock;
mod contact;
mod context;
mod count;
mod danger;
mod dates;
mod draft;
pub mod evaluate;
pub mod examples;
mod facts;
mod features;
mod findings;
pub mod inspect;
mod judge;
mod label;
mod language;
mod lexicon;
mod likeness;
mod normalise;
mod numbers;
mod odds;
mod once_more;
pub mod own_words;
mod pattern;
mod people;
mod reader;
mod reading_kind;
mod readings;
mod remark;
mod resemblance;
mod samples;
mod second_opinion;
mod second_reader;
mod settings;
mod stop_word;
mod text;
mod tokens;
mod tongues;
pub mod train;
mod understanding;
mod vocabulary;
mod wish_object;
mod wishes;
mod yes_no;

#[cfg(test)]
mod tests;

pub use context::{Channel, Context, Expects, MenuOption, Prompt, PromptKind};
pub use lexicon::{Lexicon, LexiconError, Other, RedFlag, RedFlagFile, Whose};
pub use reader::{Reader, ReaderError, Sources};
pub use reading_kind::ReadingKind;
pub use settings::{CutOffs, Limits, Plausible, Range, Settings};
pub use understanding::{Because, DangerText, Fields, Flag, Intent, Level, Part, Reading, Route, Scope, Understanding};

use danger::{Alarm, Dangers};
use draft::Draft;
use text::Text;
use vocabulary::words;
use wishes::Outcome;

/// Reads a reply. Pure, in linear time, and never fails: what is not understood goes to a person.
pub fn understand(reply: &str, context: &Context<'_>) -> Understanding {
    let mut text = Text::new(reply, context);
    let mut draft = Draft::default();
    if let Some(found) = by_rules(&mut text, context, &mut draft) {
        second_opinion::read(&text, context, &found, &mut draft);
        if draft.said.is_empty() {
            draft.doubt(&text, "not understood");
            draft.said.insert(Intent::Unclear);
        }
    }
    draft.finish()
}

/// What the rules found beside the draft.
struct Found {
    dangers: Dangers,
    /// The tokens of the answer to the open question, if there is one.
    answer: Option<(usize, usize)>,
    /// How many numbers there are that may be a value.
    numbers: usize,
}

/// What the rules make of a reply; nothing where no more is to be said of it.
fn by_rules(text: &mut Text<'_>, context: &Context<'_>, draft: &mut Draft) -> Option<Found> {
    if text.tokens.is_empty() {
        draft.doubt(text, "nothing was written");
        draft.said.insert(Intent::Unclear);
        return None;
    }
    let dangers = danger::read(text, context.asked_reading());
    // "do not reply to this. he looks": nobody's machine says that somebody reads along.
    if !dangers.unsafe_contact && wishes::machine(text, draft) {
        return None;
    }
    let alarm = danger::gravest(&dangers.alarms, context);
    if let Some(alarm) = alarm {
        raise_alarm(text, &alarm, &dangers, draft);
    }
    if text.shorten() {
        draft.doubt(text, "too long: a person reads it to the end");
    }
    if let Some(code) = language::of(text) {
        draft.fields.language = Some(code);
        draft.say(Intent::Language, Route::Review, text, "another language", 0, text.tokens.len());
    }
    let mut found = Found { dangers, answer: None, numbers: 0 };
    read_rest(text, context, alarm.as_ref(), &mut found, draft);
    Some(found)
}

fn raise_alarm(text: &Text<'_>, alarm: &Alarm, dangers: &Dangers, draft: &mut Draft) {
    draft.flag = Some(alarm.flag);
    let phrase = format!("red flag: {}", text.lexicon.phrase(alarm.entry));
    draft.say(Intent::RedFlag, Route::Urgent, text, phrase, alarm.from, alarm.to);
    if dangers.unsafe_contact {
        draft.unsafe_contact = true;
    }
}

/// Everything but danger.
fn read_rest(text: &Text<'_>, context: &Context<'_>, alarm: Option<&Alarm>, found: &mut Found, draft: &mut Draft) {
    let dangers = &found.dangers;
    let stop = wishes::stop(text, context, draft);
    if draft.unsafe_contact {
        // Whoever writes that somebody reads along wants no more messages, said or not.
        let asks =
            draft.said.contains(&Intent::Stop) || text.core.clone().any(|i| text.is(i, words!["dont", "stop", "not"]));
        if asks {
            draft.said.insert(Intent::Stop);
            draft.fields.scope.get_or_insert(Scope::All);
        }
    }
    if stop == Outcome::Whole && alarm.is_none() {
        return;
    }
    if stop != Outcome::Whole && draft.said.is_empty() && wishes::start_or_help(text, context, draft) == Outcome::Whole
    {
        return;
    }
    let amounts = numbers::amounts(text);
    found.numbers = amounts.iter().filter(|a| a.role == numbers::Role::Plain).count();
    let died = alarm.is_none() && people::bereavement(text, context, draft);
    let stranger = !died && alarm.is_none() && people::wrong_person(text, draft);
    if !died && !stranger {
        people::carer(text, draft);
    }
    let asks_language = people::language(text, draft);
    contact::read(text, &amounts, draft);
    let before_the_wish = stop == Outcome::Part && wishes::answered_before(text, context, &amounts, draft);
    let answer = if asks_language && !matches!(context.expects(), Some(Expects::Reading { .. }))
        || stop == Outcome::Part
            && !before_the_wish
            && alarm.is_none()
            && !draft.said.contains(&Intent::Carer)
            && !matches!(
                context.expects(),
                Some(Expects::Reading { .. } | Expects::Appointment { .. } | Expects::OptIn)
            )
        || died
        || stranger
    {
        None
    } else {
        answers::read(text, context, &amounts, dangers, draft)
    };
    if before_the_wish && answer.is_some() {
        draft.raise(Route::Review);
    }
    if stop == Outcome::Part && draft.said.contains(&Intent::Confirm) {
        // "stop reminding me I will be there": of this visit, or for good?
        draft.raise(Route::Review);
    }
    answers::unasked(text, context, &amounts, draft);
    anyway::read(text, dangers, answer, draft);
    if stop == Outcome::Keep && draft.said.is_empty() {
        draft.say(Intent::Other, Route::Review, text, "asks not to stop", text.core.start, text.core.end);
    }
    answers::last(text, context, &amounts, dangers, draft);
    remark::read(text, context, dangers, answer, draft);
    caution::read(text, context, &amounts, answer, draft);
    found.answer = answer;
}
