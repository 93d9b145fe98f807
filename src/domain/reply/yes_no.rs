//! Yes, no and in part, in the many ways people say them.

use super::label::Label;
use super::text::Text;
use super::tokens::Break;
use super::understanding::Intent;
use super::vocabulary::words;

/// An answer of yes, no or in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Yes, No or Partial.
    pub intent: Intent,
    /// May be meant otherwise.
    pub weak: bool,
    /// First token.
    pub from: usize,
    /// One past the last.
    pub to: usize,
}

/// Reads the answer: what the reply opens with decides; else the first thing that sounds like one.
pub fn read(text: &Text<'_>) -> Option<Answer> {
    let mut opening: Option<Answer> = None;
    let mut first: Option<Answer> = None;
    let mut part: Option<Answer> = None;
    for (label, intent, weak) in [
        (Label::Partial, Intent::Partial, false),
        (Label::No, Intent::No, false),
        (Label::Yes, Intent::Yes, false),
        (Label::YesWeak, Intent::Yes, true),
        (Label::NoWeak, Intent::No, true),
    ] {
        for hit in text.all(label) {
            let answer = Answer { intent, weak, from: hit.from as usize, to: hit.to as usize };
            if answer.from == text.core.start {
                let longer = opening.is_none_or(|o| answer.to > o.to);
                if longer {
                    opening = Some(answer);
                }
            } else if intent == Intent::Partial && part.is_none() {
                part = Some(answer);
            }
            if intent != Intent::Partial && first.is_none_or(|f| answer.from < f.from) {
                first = Some(answer);
            }
        }
    }
    let mut answer = opening.or(part).or(first)?;
    if answer.intent == Intent::Yes && opening.is_some() {
        // "Oh yeah, loved every minute. NOT"
        let last = text.core.end.saturating_sub(1);
        if last > answer.to
            && text.is(last, words!["not"])
            && text.token(last).is_some_and(|t| t.parted >= Break::Clause)
        {
            answer.intent = Intent::No;
        }
        if text.all(Label::Sarcasm).any(|h| h.from as usize == text.core.start && h.to as usize == text.core.end) {
            answer.intent = Intent::No;
            answer.weak = true;
        }
    }
    Some(answer)
}
