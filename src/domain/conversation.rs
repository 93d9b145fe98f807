//! What follows from a reply: pure. The reader says what it means; this says what is filed, answered and told to whom.
//!
//! Automation may raise a priority, never lower it; what is unsure goes to a person; danger is answered at once in every
//! state; nothing here reassures.

mod answers;
mod entries;

pub use entries::Entry;

use super::message::Purpose;
use super::practice::Practice;
use super::reply::{DangerText, Expects, Flag, Intent, Prompt, Route, Scope, Understanding};
use chrono::{DateTime, Utc};

/// The state of the conversation in which a reply arrived.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// The practice.
    pub practice: &'a Practice,
    /// The open question and how often the person was asked again.
    pub prompt: Option<(&'a Prompt, i64)>,
    /// The topic of the open or newest question: what "stop these" means.
    pub topic: Option<Purpose>,
    /// The person has stopped this channel.
    pub stopped: bool,
    /// Automatic answers of today outside an asked conversation.
    pub auto_answers_today: i64,
    /// When.
    pub now: DateTime<Utc>,
    /// The first characters of what was received, for entries.
    pub text: &'a str,
    /// The zone of the person.
    pub zone: chrono_tz::Tz,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// File an entry, linked to the message.
    File(Entry),
    /// Set the agenda of the appointment that was asked about.
    SetAgenda(Vec<String>),
    /// The person refused or permitted a topic on this channel.
    Consent {
        /// The topic.
        purpose: Purpose,
        /// Permitted.
        granted: bool,
    },
    /// An automatic answer.
    Answer(Answer),
    /// Somebody must be told.
    Alert {
        /// A word.
        kind: &'static str,
        /// `routine`, `asap`, `urgent` or `stat`.
        priority: &'static str,
        /// A sentence without the person's words.
        reason: &'static str,
    },
    /// The open question is answered.
    CloseQuestion,
    /// The open question was asked again.
    AskedAgain,
    /// Nothing planned goes out for so many days; `None` until a person clears it.
    Pause {
        /// Days.
        days: Option<i64>,
        /// Why, for staff.
        reason: &'static str,
    },
    /// Contact may be unsafe: everything stops, silently.
    UnsafeContact,
    /// Somebody else has this number.
    WrongPerson,
    /// The person answered: the count of silences begins again.
    Heard,
}

/// An automatic answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which wording.
    pub template: &'static str,
    /// Values it needs beside the usual ones.
    pub values: Vec<(&'static str, String)>,
    /// Ahead of all, at any hour: danger and STOP.
    pub safety: bool,
    /// Counts towards the daily limit of automatic answers.
    pub counted: bool,
}

/// What follows, and whether a person must read the message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Consequences {
    /// In order.
    pub effects: Vec<Effect>,
    /// A person must read it.
    pub for_staff: bool,
}

/// Days for which planned messages rest after words of danger (setting it longer is for a person).
const PAUSE_AFTER_DANGER_DAYS: i64 = 7;

/// What follows from a reply of one known person.
pub fn consequences(read: &Understanding, state: &State<'_>) -> Consequences {
    let mut out = Consequences::default();
    if read.unsafe_contact() {
        out.effects.push(Effect::UnsafeContact);
        out.alert(
            "unsafe_contact",
            "stat",
            "Somebody else may read this person's messages. Nothing was sent. Do not text or email.",
        );
        return out;
    }
    if let Some(flag) = read.flag {
        danger(read, flag, state, &mut out);
        return out;
    }
    if read.suspected() {
        // What such replies mostly mean is no wish of this person's: staff read it, and nothing else follows.
        for entry in entries::from_reply(read, state, false) {
            out.effects.push(Effect::File(entry));
        }
        out.staff(read, state);
        return out;
    }
    if read.intent == Intent::AutoReply {
        if read.route != Route::Auto {
            out.staff(read, state);
        }
        return out;
    }
    if read.bereavement() {
        out.effects.push(Effect::Pause { days: None, reason: "The person is reported to have died." });
        out.effects.push(Effect::CloseQuestion);
        out.alert(
            "bereavement",
            "urgent",
            "The person is reported to have died. Everything is paused and nothing was answered.",
        );
        return out;
    }
    if read.wrong_person() {
        out.effects.push(Effect::WrongPerson);
        out.effects.push(Effect::CloseQuestion);
        let priority = if read.route == Route::Urgent { "urgent" } else { "asap" };
        out.alert(
            "wrong_person",
            priority,
            "Somebody else answers at this number. It was stopped: check it with the person.",
        );
        out.answer(answers::plain("wrong_person_answer", false), state);
        return out;
    }
    if read.intent == Intent::Stop {
        stop(read, state, &mut out);
        return out;
    }
    if read.intent == Intent::Start {
        out.effects.push(Effect::Consent { purpose: Purpose::All, granted: true });
        out.alert("start", "routine", "The person asked to get messages again.");
        out.answer(answers::plain("start_confirmation", false), state);
        return out;
    }
    if read.intent == Intent::Help && read.route != Route::Urgent {
        out.answer(answers::plain("help", true), state);
        return out;
    }
    if state.stopped {
        // Only START brings messages back; what a stopped person writes is read by people.
        out.staff(read, state);
        return out;
    }
    match read.route {
        Route::Auto => understood(read, state, &mut out),
        Route::Review | Route::Urgent => unsure(read, state, &mut out),
    }
    out
}

/// What follows when nobody on record, or more than one person, has this number: safety and STOP, and a person reads it.
pub fn consequences_unknown(read: &Understanding, state: &State<'_>) -> Consequences {
    let mut out = Consequences { for_staff: true, ..Consequences::default() };
    if read.unsafe_contact() {
        out.effects.push(Effect::UnsafeContact);
        out.alert(
            "unsafe_contact",
            "stat",
            "Somebody else may read this person's messages. Nothing was sent. Do not text or email.",
        );
    } else if let Some(flag) = read.flag {
        danger(read, flag, state, &mut out);
    } else if read.intent == Intent::AutoReply && !read.suspected() {
        out.for_staff = false;
    } else if read.intent == Intent::Stop && !read.suspected() {
        stop(read, state, &mut out);
    } else {
        let priority = if read.route == Route::Urgent { "urgent" } else { "routine" };
        out.alert(
            "unknown_sender",
            priority,
            "A message from a number that is not clearly one person's: choose who wrote.",
        );
    }
    out
}

fn danger(read: &Understanding, flag: Flag, state: &State<'_>, out: &mut Consequences) {
    if let Some(text) = read.danger_text() {
        let template = if text == DangerText::Crisis { "crisis" } else { "danger" };
        out.effects.push(Effect::Answer(answers::plain(template, true).not_counted()));
    }
    let crisis = flag.is_crisis();
    out.alert(
        if crisis { "crisis" } else { "red_flag" },
        if crisis { "stat" } else { "urgent" },
        "Words of danger in a message: read it now.",
    );
    let days = (!crisis).then_some(PAUSE_AFTER_DANGER_DAYS);
    out.effects.push(Effect::Pause { days, reason: "Words of danger in a message." });
    // A value beside the danger is kept, for a person to confirm.
    for entry in entries::from_reply(read, state, false) {
        out.effects.push(Effect::File(entry));
    }
    if read.says(Intent::Stop) {
        out.effects.push(Effect::Consent { purpose: Purpose::All, granted: false });
    }
    if state.prompt.is_some() {
        out.effects.push(Effect::CloseQuestion);
        out.effects.push(Effect::Heard);
    }
    out.for_staff = true;
}

fn stop(read: &Understanding, state: &State<'_>, out: &mut Consequences) {
    let topic = (read.stop_scope() == Some(Scope::Topic)).then_some(state.topic).flatten();
    if read.stop_scope() == Some(Scope::Topic) && topic.is_none() {
        // Which topic is not known: a person asks, and in the meantime nothing is lost by it.
        out.staff(read, state);
        return;
    }
    let purpose = topic.unwrap_or(Purpose::All);
    out.effects.push(Effect::Consent { purpose, granted: false });
    out.effects.push(Effect::CloseQuestion);
    if purpose == Purpose::All && !state.stopped {
        out.effects.push(Effect::Answer(answers::plain("stop_confirmation", true).not_counted()));
    }
    out.alert(
        "stop",
        "routine",
        "The person stopped messages: see what stopped, and whether they still want reminders.",
    );
    out.for_staff = read.route != Route::Auto;
}

/// The reader is sure.
fn understood(read: &Understanding, state: &State<'_>, out: &mut Consequences) {
    let entries = entries::from_reply(read, state, true);
    let answered = state.prompt.is_some() && (!entries.is_empty() || answers::closes(read, state));
    for entry in &entries {
        out.effects.push(Effect::File(entry.clone()));
    }
    if let (Some((prompt, _)), Some(items)) = (state.prompt, &read.fields.items)
        && matches!(prompt.expects, Expects::Agenda { .. })
    {
        out.effects.push(Effect::SetAgenda(items.clone()));
    }
    if answered {
        out.effects.push(Effect::CloseQuestion);
        out.effects.push(Effect::Heard);
    }
    if read.says(Intent::Cancel) || read.says(Intent::Reschedule) || answers::says_no_to_appointment(read, state) {
        out.alert(
            "appointment_change",
            "asap",
            "The person cannot come, or wants another time: change the diary and tell them.",
        );
    }
    if let Some(answer) = answers::to_understood(read, state) {
        out.answer(answer, state);
    }
}

/// The reader is not sure, or a person must decide.
fn unsure(read: &Understanding, state: &State<'_>, out: &mut Consequences) {
    if let Some((prompt, asked_again)) = state.prompt
        && read.intent == Intent::Unclear
        && read.also.is_empty()
        && read.route == Route::Review
        && asked_again == 0
        && let Some(expected) = answers::expected_words(&prompt.expects)
    {
        out.effects.push(Effect::AskedAgain);
        let again =
            Answer { template: "could_not_read", values: vec![("expected", expected)], safety: false, counted: false };
        out.effects.push(Effect::Answer(again));
        return;
    }
    for entry in entries::from_reply(read, state, false) {
        out.effects.push(Effect::File(entry));
    }
    if let (Some((prompt, _)), Some(items)) = (state.prompt, &read.fields.items)
        && matches!(prompt.expects, Expects::Agenda { .. })
    {
        out.effects.push(Effect::SetAgenda(items.clone()));
    }
    if state.prompt.is_some() && answers::closes(read, state) {
        out.effects.push(Effect::CloseQuestion);
        out.effects.push(Effect::Heard);
    }
    if read.says(Intent::Cancel) || read.says(Intent::Reschedule) || answers::says_no_to_appointment(read, state) {
        out.for_staff = true;
        let priority = if read.route == Route::Urgent { "urgent" } else { "asap" };
        out.alert(
            "appointment_change",
            priority,
            "The person cannot come, or wants another time: change the diary and tell them.",
        );
        if let Some(answer) = answers::to_understood(read, state) {
            out.answer(answer, state);
        }
        return;
    }
    out.staff(read, state);
}

impl Consequences {
    fn alert(&mut self, kind: &'static str, priority: &'static str, reason: &'static str) {
        self.effects.push(Effect::Alert { kind, priority, reason });
        self.for_staff = true;
    }

    /// A person must read it; when nobody is there, the person is told when somebody will.
    fn staff(&mut self, read: &Understanding, state: &State<'_>) {
        let priority = if read.route == Route::Urgent { "urgent" } else { "routine" };
        self.alert("reply_to_read", priority, "A message to read.");
        if !state.stopped
            && !state.practice.is_open(state.now)
            && let Some(answer) = answers::closed(state)
        {
            self.answer(answer, state);
        }
    }

    fn answer(&mut self, answer: Answer, state: &State<'_>) {
        if answer.counted && state.auto_answers_today >= state.practice.settings.limits.auto_answers_per_day {
            return;
        }
        self.effects.push(Effect::Answer(answer));
    }
}
