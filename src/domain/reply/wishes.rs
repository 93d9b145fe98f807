//! Wishes about the messages themselves, and who is writing: stop, start, help, wrong person, a death, a carer.

use super::context::{Context, Expects, PromptKind};
use super::draft::Draft;
use super::label::Label;
use super::numbers::{Amount, Role};
use super::pattern::Hit;
use super::stop_word::{leading_stop, looks_alike, spelled_out, stop_and_a_name, stop_sentence, trailing_stop};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::understanding::{Intent, Route, Scope};
use super::vocabulary::{Word, words};
use super::wish_object::{Object, object};

/// The tokens of a hit.
pub fn span(hit: Hit) -> (usize, usize) {
    (hit.from as usize, hit.to as usize)
}

/// Whether a machine wrote this.
pub fn machine(text: &Text<'_>, draft: &mut Draft) -> bool {
    let moved = text.first(Label::MachineMoved).filter(|_| text.tokens.iter().any(|t| t.kind == Kind::Email));
    let Some(hit) = text.first(Label::Machine).or(moved).or_else(|| notice(text)) else {
        return false;
    };
    let (from, to) = span(hit);
    let route = if moved.is_some() { Route::Review } else { Route::Auto };
    draft.say(Intent::AutoReply, route, text, "written by a machine", from, to);
    if let Some(token) =
        moved.and_then(|_| (0..text.tokens.len()).find(|i| text.token(*i).is_some_and(|t| t.kind == Kind::Email)))
    {
        draft.fields.new_email = Some(text.word(token).to_owned());
        draft.say(Intent::ContactChange, Route::Review, text, "the address is going away", token, token + 1);
    }
    true
}

/// "Reply STOP to opt out" below an advertisement. Whoever speaks of themselves, or writes little else, quotes it or means it.
fn notice(text: &Text<'_>) -> Option<Hit> {
    const ADVERTISEMENT: usize = 15;
    let speaks = text.core.clone().any(|at| text.within(at, &text.lexicon.known.own));
    text.first(Label::MachineStop).filter(|_| !speaks && text.core_len() >= ADVERTISEMENT)
}

/// What a wish means for the rest of the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was wished.
    None,
    /// The whole reply is this wish.
    Whole,
    /// There may be more.
    Part,
    /// Asks not to stop.
    Keep,
}

/// What is not to be done where people ask to keep the messages.
const KEPT: &[Word] = words!["stop", "end", "cancel", "stopping", "ending", "cancelling"];

/// Reads a wish to stop. The open question's own menu may hold the word.
pub fn stop(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) -> Outcome {
    // "not interested, stop": what the "not" denies is not the end.
    let of_the_end = |h: &Hit| {
        (h.from as usize + 1..h.to as usize).all(|at| {
            text.is(at, KEPT)
                || text.within(at, &text.lexicon.known.function) && !text.is(at, words!["me", "him", "her", "us"])
                || text
                    .is(at, words!["want", "like", "wish", "ready", "dare", "texts", "messages", "emails", "reminders"])
                || !(at..h.to as usize).any(|i| text.is(i, KEPT))
        }) && !(h.from as usize + 1..h.to as usize)
            .any(|at| text.is(at, KEPT) && text.token(at).is_some_and(|t| t.parted >= Break::Comma))
    };
    if let Some(hit) = text.all(Label::Keep).find(|h| !text.idiom(h.from as usize, h.to as usize) && of_the_end(h)) {
        let from = hit.from as usize;
        // "would hate for them to stop"
        let hates = text.is(from, words!["hate"]) && from > 0 && text.is(from - 1, words!["would", "id"]);
        let negated = text.is(from, words!["dont", "do", "never", "not", "please"]) || hates;
        if negated && text.core.clone().any(|i| text.is(i, KEPT)) {
            return Outcome::Keep;
        }
    }
    let whole = text.core.clone();
    if let Some(hit) = text.first(Label::StopWord).or_else(|| spelled_out(text)) {
        let quit = text.is(hit.from as usize, words!["quit"])
            && asked_about(context, &["smok", "cigarette", "drink", "alcohol", "vap"]);
        if quit {
            draft.doubt(text, "stopped smoking, or stop the texts?");
            draft.said.insert(Intent::Unclear);
            return Outcome::Whole;
        }
        draft.fields.scope = Some(Scope::All);
        let (from, to) = span(hit);
        draft.say(Intent::Stop, Route::Auto, text, "the word to stop", from, to);
        return Outcome::Whole;
    }
    if looks_alike(text) {
        draft.fields.scope = Some(Scope::All);
        draft.say(Intent::Stop, Route::Review, text, "looks like the word to stop", whole.start, whole.end);
        return Outcome::Whole;
    }
    if text.is(whole.start, words!["start", "restart", "resume", "unstop", "resubscribe"])
        && text.says(Label::StartDoubt)
    {
        // "start but not the mood ones": back, and less of them.
        return Outcome::None;
    }
    if let Some(hit) = text.first(Label::AskBack) {
        let (from, to) = span(hit);
        if matches!(context.expects(), Some(Expects::Appointment { .. }))
            && text.is(from, words!["cancel"])
            && to - from == 1
        {
            return Outcome::None;
        }
        if to - from == 1 && text.is(from, words!["pause"]) {
            return Outcome::None;
        }
        draft.doubt(text, "what should end: the texts, or something else?");
        draft.said.insert(Intent::Unclear);
        return Outcome::Whole;
    }
    let meant_otherwise =
        |h: Hit| is_unwanted(text, h.from as usize) || is_told(text, h.from as usize) || is_of_a_cure(text, context, h);
    if text.all(Label::StopPlain).chain(text.all(Label::StopDoubt)).any(meant_otherwise) {
        return Outcome::None;
    }
    let free_of_idiom = |h: &Hit| !text.idiom(h.from as usize, h.to as usize);
    // On a menu or an agenda, "stop smoking" is a matter to choose or to raise.
    let agenda = matches!(context.expects(), Some(Expects::Agenda { .. } | Expects::Choice { .. }));
    let how = text.all(Label::StopHow).find(free_of_idiom).filter(|_| !agenda);
    let speaks_of_sending = |h: &Hit| {
        (h.from as usize..h.to as usize)
            .any(|at| text.is(at, words!["send", "text", "texts", "texting", "message", "messages", "emails", "email"]))
    };
    let topic = text.all(Label::StopTopic).find(free_of_idiom).filter(|h| !agenda || speaks_of_sending(h));
    let plain = text.all(Label::StopPlain).find(free_of_idiom);
    let doubt = text.all(Label::StopDoubt).find(free_of_idiom).filter(|_| !agenda).filter(|h| {
        if had_to(text, h.from as usize) {
            return false;
        }
        let at = h.from as usize;
        let done = text.is(at, words!["done", "had"])
            || text.is(at, words!["enough"]) && !text.is(at + 1, words!["is"])
            || text.is(at, words!["im", "ive", "i"]) && text.is(at + 1, words!["am", "done", "had", "have", "enough"]);
        !done || context.prompt.is_some_and(|p| p.kind == PromptKind::OptOut)
    });
    // "I've had enough", to a question about feelings: of the texts, or of life?
    if doubt.is_none()
        && context.prompt.is_some_and(|p| p.kind == PromptKind::Wellbeing)
        && let Some(hit) = text.first(Label::StopDoubt)
    {
        let (from, to) = span(hit);
        draft.say(Intent::Unclear, Route::Urgent, text, "had enough of the texts, or of life?", from, to);
        return Outcome::Whole;
    }
    let Some(hit) = topic
        .or(plain)
        .or(how)
        .or(doubt)
        .or_else(|| leading_stop(text, context))
        .or_else(|| stop_sentence(text, context))
        .or_else(|| stop_and_a_name(text))
        .or_else(|| trailing_stop(text).filter(|_| !agenda))
    else {
        return Outcome::None;
    };
    let (from, to) = span(hit);
    let about = if topic.is_some() { Object::Topic } else { object(text, hit) };
    if about == Object::Other {
        draft.say(Intent::Other, Route::Review, text, "something else is to end", from, to);
        return Outcome::None;
    }
    // Deep in a long text that answers nothing it is talk of something else, until a person has read it.
    if context.prompt.is_none() && from > 12 && text.tokens.len() > 30 {
        draft.say(Intent::Other, Route::Review, text, "may ask for an end, deep in a long text", from, to);
        return Outcome::None;
    }
    let (scope, mut route, why) = if about == Object::Topic {
        (Scope::Topic, Route::Review, "stop one topic")
    } else if plain.is_some() {
        (Scope::All, Route::Auto, "asks to stop")
    } else if how.is_some() {
        (Scope::All, Route::Review, "asks how to stop")
    } else {
        (Scope::All, Route::Review, "may want to stop")
    };
    if route == Route::Auto
        && (about == Object::Kind
            || how.is_some()
            || text.says(Label::Complaint)
            || text.says(Label::ToldBefore)
            || says_more(text, from, to))
    {
        route = Route::Review;
    }
    draft.fields.scope = Some(scope);
    if how.is_none() || plain.is_some() || topic.is_some() {
        draft.covered.push((from, to));
    }
    draft.say(Intent::Stop, route, text, why, from, to);
    if how.is_some() && plain.is_none() && topic.is_none() {
        draft.said.insert(Intent::Question);
    }
    Outcome::Part
}

/// "5 days. You can stop these now", "No and stop asking": an answer in a part of its own, before the wish.
pub fn answered_before(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], draft: &Draft) -> bool {
    let Some(wish) = draft.covered.iter().map(|(from, _)| *from).min() else { return false };
    let start = text.core.start;
    let parted = (start + 1..=wish)
        .any(|at| text.token(at).is_some_and(|t| t.parted >= Break::Comma) || text.is(at, words!["and", "but", "so"]));
    let mut before = amounts.iter().filter(|a| a.role == Role::Plain && a.end <= wish);
    let number = before.clone().any(|a| a.from >= start);
    let opens = before.any(|a| a.from <= start + 1);
    let says = |label: Label| text.all(label).any(|h| h.from as usize == start && (h.to as usize) < wish.max(1));
    parted
        && match context.expects() {
            Some(Expects::Count { .. } | Expects::Scale { .. }) => number && (opens || wish > start + 2),
            Some(Expects::Choice { .. }) => opens,
            Some(Expects::YesNoSome) => says(Label::Yes) || says(Label::No) || says(Label::Partial),
            _ => false,
        }
}

/// "My wife was buried yesterday. No more of these please": another clause of its own, or many words before the wish.
fn says_more(text: &Text<'_>, from: usize, to: usize) -> bool {
    const CLAUSE: usize = 4;
    const LEAD: usize = 7;
    const MATTERS: usize = 3;
    let parts = |at: &usize| text.token(*at).is_some_and(|t| t.parted >= Break::Comma);
    let begins = (text.core.start + 1..=from).rev().find(parts).unwrap_or(text.core.start);
    let ends = (to..text.core.end).find(parts).unwrap_or(text.core.end);
    // "delete me NOW if he sees that test result": matters of their own, in whatever order.
    let known = &text.lexicon.known;
    let matters = text
        .core
        .clone()
        .filter(|at| !(from..to).contains(at) && text.token(*at).is_some_and(|t| t.kind == Kind::Word))
        .filter(|at| !text.within(*at, &known.function) && !text.within(*at, &known.courtesy))
        .take(MATTERS)
        .count();
    // "stop texts on this phone it is my sons"
    let of_others = (to..text.core.end).any(|at| {
        text.within(at, &known.relation)
            || text.is(at, words!["sons", "mums", "dads", "wifes", "daughters", "husbands"])
    });
    of_others
        || matters >= MATTERS
        || begins.saturating_sub(text.core.start) >= CLAUSE
        || text.core.end - ends >= CLAUSE
        || from.saturating_sub(begins) >= LEAD
}

/// "wouldnt want these to stop", "dont want you to stop texting": the end is what is not wanted.
fn is_unwanted(text: &Text<'_>, from: usize) -> bool {
    let negator = |at: usize| text.is(at, words!["wouldnt", "dont", "didnt", "not", "never"]);
    let light = |at: usize| {
        text.is(at, words!["want", "like", "wish", "need", "mean", "meant", "dare", "to", "you", "u", "them", "these"])
    };
    // "dont text me no more": the "no" repeats the "not".
    let asks_by_it = |at: usize| text.all(Label::StopPlain).any(|h| h.from as usize == at);
    !negator(from)
        && (text.sentence_start(from)..from).rev().take(4).find(|at| !light(*at)).is_some_and(|at| {
            negator(at) && !asks_by_it(at) && text.token(from).is_some_and(|t| t.parted < Break::Comma)
        })
}

/// "had to pack it in": what the writer gave up is none of ours.
fn had_to(text: &Text<'_>, from: usize) -> bool {
    from >= 2
        && text.is(from - 1, words!["to"])
        && text.is(from - 2, words!["had", "have", "having", "has", "got", "forced", "going", "about", "decided"])
}

/// "the doctor told me to stop them": what the writer was told about something else is no wish of theirs.
fn is_told(text: &Text<'_>, from: usize) -> bool {
    let to = |at: usize| text.is(at, words!["to"]);
    let me = |at: usize| text.is(at, words!["me", "us", "him", "her"]);
    let told = |at: usize| {
        text.is(
            at,
            words!["told", "advised", "asked", "tells", "wants", "wanted", "said", "got", "want", "wish", "like"],
        )
    };
    let says = |at: usize| text.is(at, words!["said", "says", "advised", "reckons", "recommended"]);
    let mine = |at: usize| text.is(at, words!["i", "ive", "we"]);
    // "the nurse said I can stop doing them"
    let allowed = from >= 3
        && text.is(from - 1, words!["can", "could", "may", "should", "must"])
        && mine(from - 2)
        && (1..=2).any(|back| (from - 2).checked_sub(back).is_some_and(says));
    let reported = text.is(from, words!["said", "told", "says"])
        && text.is(from + 1, words!["i", "me", "we", "us"])
        && from.checked_sub(1).is_some_and(|b| !mine(b) && !text.is(b, words!["have", "already"]));
    if allowed || reported {
        return true;
    }
    let wants = |at: usize| text.is(at, words!["wants", "wanted", "decided", "needs"]);
    from >= 3 && to(from - 1) && me(from - 2) && told(from - 3)
        || from >= 3 && to(from - 1) && wants(from - 2) && text.within(from - 3, &text.lexicon.known.third)
        || from >= 2 && says(from - 1) && !mine(from - 2)
        || from >= 3 && to(from - 1) && says(from - 2) && !mine(from - 3)
}

/// "should I stop these tablets", "can I stop them now" to a question about tablets: not the messages.
fn is_of_a_cure(text: &Text<'_>, context: &Context<'_>, hit: Hit) -> bool {
    let (from, to) = span(hit);
    let other = |at: usize| {
        text.is(
            at,
            words![
                "tablet",
                "tablets",
                "pills",
                "pill",
                "meds",
                "medicine",
                "medication",
                "inhaler",
                "inhalers",
                "insulin",
                "statin",
                "statins",
                "capsules",
                "injections",
                "injection",
                "drops",
                "patches",
                "appointment",
                "appointments",
                "fags",
                "cigarettes",
                "headaches",
                "headache",
                "pains",
                "pain",
                "cramps",
                "cough",
                "biscuits",
                "nosebleeds",
                "drinking",
                "smoking",
                "hurting",
                "itching",
                "bleeding",
                "falling"
            ],
        )
    };
    let pointed = text.is(to - 1, words!["these", "them", "this", "it", "those", "the"]);
    let asks = from >= 2
        && text.is(from - 1, words!["i", "we"])
        && text.is(from - 2, words!["should", "can", "do", "could", "may", "shall", "must", "did"]);
    let cures = ["tablet", "medicine", "medication", "inhaler", "insulin", "pill", "injection"];
    pointed && (other(to) || asks && asked_about(context, &cures))
}

/// Whether the question holds one of these words or stems.
fn asked_about(context: &Context<'_>, words: &[&str]) -> bool {
    context.prompt.is_some_and(|p| {
        let low = p.text.to_lowercase();
        words.iter().any(|w| low.contains(w))
    })
}

/// Reads a wish to start, or for help.
pub fn start_or_help(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) -> Outcome {
    let ended = context.prompt.is_none_or(|p| p.kind == PromptKind::OptOut);
    // "stopped for lent and didnt start again": told of something else, beside a question of ours.
    let meant = |h: &Hit| ended || h.from as usize <= text.core.start + 1;
    if let Some(hit) = text.all(Label::StartWord).find(meant) {
        let (from, to) = span(hit);
        // "If I stop now can I start again at Christmas?"
        let supposed =
            text.says(Label::Question) || text.core.clone().any(|at| text.is(at, words!["if", "can", "when"]));
        let route = if supposed { Route::Review } else { Route::Auto };
        draft.say(Intent::Start, route, text, "the word to start", from, to);
        return Outcome::Whole;
    }
    if let Some(hit) = text.first(Label::StartDoubt).filter(|_| ended) {
        let (from, to) = span(hit);
        draft.say(Intent::Start, Route::Review, text, "may want to start again", from, to);
        return Outcome::Whole;
    }
    if let Some(hit) = text.first(Label::HelpMe) {
        let (from, to) = span(hit);
        draft.say(Intent::Help, Route::Urgent, text, "asks for help and does not say what with", from, to);
        return Outcome::Whole;
    }
    if let Some(hit) = text.first(Label::HelpWord) {
        let (from, to) = span(hit);
        // "please help" asks somebody; "help" by itself is the word that asks what to do.
        let pleads = text.is(from, words!["help"]) && (0..text.tokens.len()).any(|at| text.is(at, words!["please"]));
        let route = if pleads { Route::Urgent } else { Route::Auto };
        draft.say(Intent::Help, route, text, "the word for help", from, to);
        return Outcome::Whole;
    }
    if let Some(hit) = text.first(Label::HelpDoubt)
        && draft.said.is_empty()
    {
        let (from, to) = span(hit);
        draft.say(Intent::Help, Route::Review, text, "does not know what to do", from, to);
        return Outcome::Whole;
    }
    Outcome::None
}
