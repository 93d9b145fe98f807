//! What is to end: the messages, one kind of them, or something else. "take me off the naproxen" is no wish about messages.

use super::pattern::Hit;
use super::text::Text;
use super::tokens::Kind;
use super::vocabulary::words;

/// What a wish to stop is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// The messages, all of them.
    All,
    /// Messages of a kind that nobody here knows: all of them, until a person has read it.
    Kind,
    /// Some of the messages; others may come.
    Topic,
    /// Something that is no message.
    Other,
}

/// What a wish found at `hit` is about.
pub(super) fn object(text: &Text<'_>, hit: Hit) -> Object {
    const NEAR: usize = 4;
    const NAME: usize = 3;
    let known = &text.lexicon.known;
    let (from, to) = (hit.from as usize, hit.to as usize);
    if others_stay(text, from, to) {
        return Object::Topic;
    }
    let end = (to..text.core.end).find(|at| text.clause_ends(*at)).unwrap_or(text.core.end);
    let near = end.min(to + NEAR);
    let list = (from..near).find(|at| text.within(*at, &known.lists));
    if let Some(at) = list {
        let of_something = at + 1 < end && text.is(at + 1, words!["for", "of"]) && names_a_thing(text, at + 2, end);
        let waits = at > 0 && text.is(at - 1, words!["waiting"]);
        return if of_something || waits { Object::Other } else { Object::All };
    }
    if let Some(head) = (from..near).find(|at| text.within(*at, &known.sent)) {
        let Some(kind) = head.checked_sub(1).filter(|at| *at >= from && is_matter(text, *at)) else {
            return Object::All;
        };
        return if is_topic(text, kind) { Object::Topic } else { Object::Kind };
    }
    // "for this one": the matter at hand.
    let leads = (to..end).take_while(|at| text.within(*at, &known.leads)).count();
    if leads == 0 && !text.within(to.saturating_sub(1), &known.leads) {
        return Object::All;
    }
    let thing = to + leads;
    let mut named = thing..end.min(thing + NAME);
    if text.is(thing, words!["one"]) && thing < end || named.any(|at| is_topic(text, at)) {
        Object::Topic
    } else if thing < end && is_matter(text, thing) {
        Object::Other
    } else {
        Object::All
    }
}

/// "keep the others", "only the blood pressure ones", "reminders ok": some may come.
fn others_stay(text: &Text<'_>, from: usize, to: usize) -> bool {
    let known = &text.lexicon.known;
    let on_paper = text.core.clone().any(|at| {
        text.is(at, words!["by", "via", "through"]) && text.is(at + 1, words!["text", "texts", "sms", "email", "phone"])
    }) && text.core.clone().any(|at| text.is(at, words!["paper", "letter", "letters", "post"]));
    let outside = || text.core.clone().filter(|at| !(from..to).contains(at));
    let wanted = |at: usize| {
        let thing =
            (at + 1..text.core.end).find(|i| !text.is(*i, words!["the", "my", "me", "on", "for", "want", "need"]));
        text.is(at, words!["keep", "only", "just"])
            && (text.within(at + 1, &known.leads) || text.is(at + 1, words!["me", "on"]))
            && thing.is_some_and(|i| is_topic(text, i) || text.is(i, words!["others"]))
    };
    let liked = words!["ok", "okay", "fine", "good", "useful", "welcome"];
    on_paper
        || outside().any(|at| {
            text.is(at, words!["others", "rest"]) && at > 0 && text.within(at - 1, &known.leads)
                || text.is(at, words!["reminders"]) && text.is(at + 1, liked)
                || wanted(at)
        })
}

/// A word that carries a matter of its own.
fn is_matter(text: &Text<'_>, at: usize) -> bool {
    let known = &text.lexicon.known;
    text.token(at).is_some_and(|t| t.kind == Kind::Word)
        && ![
            &known.leads,
            &known.sent,
            &known.any_kind,
            &known.function,
            &known.courtesy,
            &known.negators,
            &known.own,
            &known.third,
        ]
        .iter()
        .any(|set| text.within(at, set))
}

fn is_topic(text: &Text<'_>, at: usize) -> bool {
    text.within(at, &text.lexicon.known.topic)
}

fn names_a_thing(text: &Text<'_>, from: usize, end: usize) -> bool {
    (from..end).find(|at| !text.within(*at, &text.lexicon.known.leads)).is_some_and(|at| is_matter(text, at))
}
