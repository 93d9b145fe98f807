//! What the readers have found so far, put together by the rules of precedence.

use super::text::Text;
use super::understanding::{self, Because, Fields, Flag, Intent, Route, Understanding};
use std::borrow::Cow;

/// An understanding in the making. A route is only ever raised.
#[derive(Debug)]
pub struct Draft {
    /// The answer to the open question.
    pub answer: Option<Intent>,
    /// Everything that was said.
    pub said: Said,
    /// Fields.
    pub fields: Fields,
    /// Who has to see it.
    pub route: Route,
    /// Reasons.
    pub because: Vec<Because>,
    /// Danger.
    pub flag: Option<Flag>,
    /// The family of danger it is like, where no phrase names one.
    pub likely_flag: Option<Flag>,
    /// Nothing may be sent.
    pub unsafe_contact: bool,
    /// A reader was not sure.
    pub doubts: u8,
    /// The open question was answered with something that cannot be filed.
    pub asked_again: bool,
    /// Tokens a wish about the messages was read from.
    pub covered: Vec<(usize, usize)>,
    /// What the second reader takes the reply for, against the first.
    pub suspected: Option<Intent>,
    /// Why it may not be what it seems: a person reads it, unless the judge knows better.
    pub cautions: Vec<Caution>,
}

/// What was said, as bits: asked about often, and of few members.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said(u32);

#[allow(clippy::trivially_copy_pass_by_ref, reason = "asked as the sets of the standard library are")]
impl Said {
    /// Adds an intent.
    pub fn insert(&mut self, intent: Intent) {
        self.0 |= 1 << intent as u32;
    }

    /// Takes one away.
    pub fn remove(&mut self, intent: &Intent) {
        self.0 &= !(1 << *intent as u32);
    }

    /// Whether it was said.
    pub fn contains(&self, intent: &Intent) -> bool {
        self.0 >> *intent as u32 & 1 == 1
    }

    /// Whether nothing was.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Everything said, in the order of intents.
    pub fn iter(&self) -> impl Iterator<Item = &'static Intent> {
        let bits = std::iter::successors(Some(self.0), |bits| Some(bits & bits.wrapping_sub(1)));
        bits.map_while(|bits| (bits != 0).then(|| understanding::ALL.get(bits.trailing_zeros() as usize)).flatten())
    }
}

/// Why an answer may not be what it seems.
#[derive(Debug, Clone, Copy)]
pub struct Caution {
    /// The reason.
    pub why: &'static str,
    /// Said beside the answer, and not known what.
    pub remark: bool,
    /// First token.
    pub from: usize,
    /// One past the last.
    pub to: usize,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            answer: None,
            said: Said::default(),
            fields: Fields::default(),
            route: Route::Auto,
            because: Vec::new(),
            flag: None,
            likely_flag: None,
            unsafe_contact: false,
            doubts: 0,
            asked_again: false,
            covered: Vec::new(),
            suspected: None,
            cautions: Vec::new(),
        }
    }
}

impl Draft {
    /// Adds something that was said, with who has to see it and why.
    pub fn say(
        &mut self,
        intent: Intent,
        route: Route,
        text: &Text<'_>,
        why: impl Into<Cow<'static, str>>,
        from: usize,
        to: usize,
    ) {
        self.said.insert(intent);
        self.raise(route);
        self.because.push(text.because(why, from, to));
    }

    /// Sets the answer to the open question.
    pub fn answer(
        &mut self,
        intent: Intent,
        route: Route,
        text: &Text<'_>,
        why: impl Into<Cow<'static, str>>,
        from: usize,
        to: usize,
    ) {
        self.answer = Some(intent);
        self.say(intent, route, text, why, from, to);
    }

    /// Raises the route.
    pub fn raise(&mut self, route: Route) {
        self.route = self.route.max(route);
    }

    /// Raises the route to a person's reading, and says why.
    pub fn doubt(&mut self, text: &Text<'_>, why: impl Into<Cow<'static, str>>) {
        self.raise(Route::Review);
        self.doubts = self.doubts.saturating_add(1);
        self.because.push(text.because(why, text.core.start, text.core.end));
    }

    /// Makes the cautions count: a person reads the reply, and why.
    pub fn heed(&mut self, text: &Text<'_>) {
        for Caution { why, remark, from, to } in std::mem::take(&mut self.cautions) {
            if remark {
                self.say(Intent::Other, Route::Review, text, why, from, to);
            } else {
                self.doubt(text, why);
            }
        }
    }

    /// The second reader takes the reply for something else: a person reads it.
    pub fn suspect(&mut self, intent: Intent, text: &Text<'_>) {
        self.suspected = Some(intent);
        self.said.insert(intent);
        self.doubt(text, format!("reads like: {}", intent.word()));
    }

    /// Something may be meant beside what comes first: a person reads it, and nothing follows from the reply before.
    pub fn suspect_beside(&mut self, intent: Intent, text: &Text<'_>) {
        self.suspected.get_or_insert(self.first());
        self.said.insert(intent);
        self.doubt(text, format!("may mean too: {}", intent.word()));
    }

    /// What comes first of what was said, by precedence.
    pub fn first(&self) -> Intent {
        let rank = |intent: Intent| -> u8 {
            match intent {
                Intent::AutoReply => 0,
                Intent::RedFlag => 1,
                suspected if self.suspected == Some(suspected) => 2,
                Intent::Bereavement => 3,
                Intent::WrongPerson => 4,
                Intent::Carer => 5,
                Intent::Stop => 6,
                other if self.answer == Some(other) => 7,
                Intent::Cancel => 8,
                Intent::Reschedule => 9,
                Intent::ContactChange => 10,
                Intent::Question => 12,
                Intent::Language => 13,
                Intent::Complaint => 14,
                Intent::Unclear if self.asked_again => 15,
                Intent::Other => 16,
                Intent::Thanks => 17,
                Intent::Unclear => 18,
                _ => 11,
            }
        };
        self.said.iter().copied().min_by_key(|i| rank(*i)).unwrap_or(Intent::Unclear)
    }

    /// The finished understanding: the first intent by precedence, the rest beside it.
    pub fn finish(mut self) -> Understanding {
        let first = self.first();
        if first == Intent::Unclear {
            self.raise(Route::Review);
        }
        let mut also = self.said;
        also.remove(&first);
        // Courtesies are not listed, and what could not be understood is no second meaning.
        also.remove(&Intent::Thanks);
        also.remove(&Intent::Unclear);
        let confidence = match (self.route, first) {
            (_, Intent::Unclear) => 0.2,
            (Route::Auto, _) => 0.95,
            _ => (0.9 - 0.15 * f32::from(self.doubts)).max(0.4),
        };
        Understanding {
            intent: first,
            fields: self.fields,
            also: also.iter().copied().collect(),
            route: self.route,
            confidence,
            because: self.because,
            flag: self.flag,
            likely_flag: self.likely_flag,
            unsafe_contact: self.unsafe_contact,
            suspected: self.suspected.is_some(),
        }
    }
}
