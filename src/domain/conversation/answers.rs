//! Which fixed wording answers what.

use super::{Answer, State};
use crate::domain::calendar::{day_text, local, moment_text, time_text};
use crate::domain::reply::{Expects, Intent, Reading, ReadingKind, Understanding};

impl Answer {
    pub(super) const fn not_counted(mut self) -> Self {
        self.counted = false;
        self
    }
}

/// A wording without values of its own. Counted ones are those that a machine on the other side could provoke.
pub(super) const fn plain(template: &'static str, safety: bool) -> Answer {
    Answer { template, values: Vec::new(), safety, counted: true }
}

/// Outside opening hours: when it will be read.
pub(super) fn closed(state: &State<'_>) -> Option<Answer> {
    let zone = state.practice.settings.zone;
    let opens = state.practice.hours.next_opening(state.now, zone, &state.practice.holidays)?;
    let values = vec![("next_opening", moment_text(opens.at, zone, state.now))];
    Some(Answer { template: "closed", values, safety: false, counted: true })
}

/// Does this reply end the open question, though nothing is filed for it?
pub(super) fn closes(read: &Understanding, state: &State<'_>) -> bool {
    let Some((prompt, _)) = state.prompt else {
        return false;
    };
    match prompt.expects {
        Expects::Appointment { .. } => {
            matches!(read.intent, Intent::Yes | Intent::No | Intent::Confirm | Intent::Cancel | Intent::Reschedule)
        }
        Expects::Agenda { .. } => read.intent == Intent::AgendaItems,
        Expects::Acknowledge => {
            matches!(read.intent, Intent::Yes | Intent::Confirm | Intent::Thanks)
        }
        _ => false,
    }
}

/// NO to "can you come?".
pub(super) fn says_no_to_appointment(read: &Understanding, state: &State<'_>) -> bool {
    let asked = state.prompt.is_some_and(|(prompt, _)| matches!(prompt.expects, Expects::Appointment { .. }));
    asked && read.intent == Intent::No
}

/// The answer to a reply that was understood; none to thanks and to what needs no answer.
pub(super) fn to_understood(read: &Understanding, state: &State<'_>) -> Option<Answer> {
    let answer = |template, values| Some(Answer { template, values, safety: false, counted: false });
    if read.says(Intent::Cancel) || read.says(Intent::Reschedule) || says_no_to_appointment(read, state) {
        return answer("appointment_no_answer", vec![("when", contact_by(state)?)]);
    }
    let (prompt, _) = state.prompt?;
    match (&prompt.expects, read.intent) {
        (Expects::Appointment { starts_at, .. }, Intent::Yes | Intent::Confirm) => {
            let starts = local(starts_at.to_utc(), state.zone);
            answer("appointment_yes_answer", vec![("day", day_text(starts.date())), ("time", time_text(starts.time()))])
        }
        (Expects::Count { unit, .. }, Intent::ProgressNumber) => {
            answer("check_in_answer", vec![("answer", counted(read, unit)?)])
        }
        (Expects::Scale { .. }, Intent::ProgressNumber) => {
            answer("check_in_answer", vec![("answer", counted(read, "")?)])
        }
        (Expects::YesNoSome, Intent::Yes) => answer("check_in_answer", vec![("answer", "yes".to_owned())]),
        (Expects::YesNoSome, Intent::No) => answer("check_in_answer", vec![("answer", "no".to_owned())]),
        (Expects::YesNoSome, Intent::Partial) => answer("check_in_answer", vec![("answer", "some".to_owned())]),
        (Expects::Reading { reading }, Intent::Reading) if !read_nothing(read) => {
            answer("reading_answer", vec![("reading", reading_name(*reading).to_owned())])
        }
        _ => None,
    }
}

fn read_nothing(read: &Understanding) -> bool {
    read.fields.readings.as_ref().is_none_or(Vec::is_empty)
}

/// Staff contact the person by the end of the next open day: the opening after the next one.
fn contact_by(state: &State<'_>) -> Option<String> {
    let zone = state.practice.settings.zone;
    let within = chrono::Duration::hours(state.practice.settings.alerts.read_within_hours);
    let opens = state.practice.hours.next_opening(state.now + within, zone, &state.practice.holidays)?;
    Some(moment_text(opens.at, zone, state.now))
}

fn counted(read: &Understanding, unit: &str) -> Option<String> {
    let fields = &read.fields;
    let number = match (fields.value, fields.min, fields.max) {
        (Some(value), ..) => format!("{value}"),
        (None, Some(min), Some(max)) => format!("{min} to {max}"),
        _ => return None,
    };
    let unit = if number == "1" { unit.strip_suffix('s').unwrap_or(unit) } else { unit };
    Some(format!("{number} {unit}").trim().to_owned())
}

/// What a reading is called in a text to the person: never its value (lock screens, H26).
pub(super) const fn reading_name(kind: ReadingKind) -> &'static str {
    match kind {
        ReadingKind::Bp => "blood pressure",
        ReadingKind::Weight => "weight",
        ReadingKind::Glucose => "blood sugar",
        ReadingKind::PeakFlow => "peak flow",
        ReadingKind::Steps => "steps",
        ReadingKind::Hba1c => "average blood sugar",
        ReadingKind::Temperature => "temperature",
        ReadingKind::Spo2 => "oxygen level",
    }
}

/// How to answer, in words, when a reply could not be read. No example value: it would be copied back.
pub(super) fn expected_words(expects: &Expects) -> Option<String> {
    Some(match expects {
        Expects::Count { min, max: Some(max), .. } => format!("a number from {} to {max}", min.unwrap_or(0.0)),
        Expects::Count { .. } => "a number".to_owned(),
        Expects::Scale { min, max } => format!("a number from {min} to {max}"),
        Expects::YesNoSome => "YES, NO or SOME".to_owned(),
        Expects::Choice { options } => {
            let keys: Vec<&str> = options.iter().map(|o| o.key.as_str()).collect();
            format!("one of {}", keys.join(", "))
        }
        Expects::Reading { reading: ReadingKind::Bp } => "two numbers, the top one first".to_owned(),
        Expects::Reading { reading } => format!("your {} as one number with its unit", reading_name(*reading)),
        Expects::Appointment { .. } => "YES or NO".to_owned(),
        Expects::Agenda { .. } | Expects::Acknowledge | Expects::OptIn | Expects::Free => {
            return None;
        }
    })
}

/// A reading as staff read it in the record.
pub(super) fn reading_text(reading: &Reading) -> String {
    use crate::domain::reply::Level;
    match reading {
        Reading::Bp { systolic, diastolic, pulse: Some(pulse) } => format!("{systolic}/{diastolic}, pulse {pulse}"),
        Reading::Bp { systolic, diastolic, pulse: None } => format!("{systolic}/{diastolic}"),
        Reading::Weight { kg } => format!("{kg}"),
        Reading::Single { level: Level::Number(value), .. } => format!("{value}"),
        Reading::Single { level: Level::Hi, .. } => "HI".to_owned(),
        Reading::Single { level: Level::Lo, .. } => "LO".to_owned(),
    }
}
