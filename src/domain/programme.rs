//! A programme: a named list of steps that a practice can read and change.

use super::calendar::WallSchedule;
use super::message::{MessageKind, PastDue, Purpose};
use super::rhythm::Rhythm;
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

text_enum! {
    /// Whom a programme is for.
    Who { /// Every patient of the practice who has such an appointment.
        Everyone = "everyone", /// Only people enrolled.
        Enrolled = "enrolled" }
}

/// A programme as it stands in its TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// The name used on the command line: lower case with hyphens.
    pub name: String,
    /// What staff see.
    pub title: String,
    /// What the welcome says it is about: neutral words, no condition (H26).
    pub about: String,
    /// Whom it is for.
    pub who: Who,
    /// The most messages a week the welcome promises.
    #[serde(default)]
    pub per_week: Option<u32>,
    /// Tags that keep a person out, beside the tags that stop every programme.
    #[serde(default)]
    pub excluded_tags: Vec<String>,
    /// The steps.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One step: what goes out and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The step's name. With person, purpose and anchor it is the send's key: two programmes that ask the same question
    /// of the same appointment under the same name ask it once (F19).
    pub id: String,
    /// What kind of message.
    pub kind: MessageKind,
    /// Which wording, by its file name in `messages/`.
    pub template: String,
    /// The topic it needs consent for.
    pub purpose: Purpose,
    /// When.
    pub when: When,
    /// What happens when its moment has passed.
    pub past_due: PastDue,
    /// Higher goes first when a person's cap is short. 100 and more is never capped away.
    #[serde(default = "default_priority")]
    pub priority: i64,
    /// The question it asks, if it asks one.
    #[serde(default)]
    pub asks: Option<Asks>,
    /// The step this one chases: not sent once that one is answered.
    #[serde(default)]
    pub chases: Option<String>,
    /// Sent again when the appointment moves, although it already went out for the old time.
    #[serde(default)]
    pub again_when_moved: bool,
    /// Only for appointments of these kinds; empty means all.
    #[serde(default)]
    pub appointment_kinds: Vec<String>,
    /// Hours the question stays open.
    #[serde(default)]
    pub open_for_hours: Option<i64>,
    /// Cut-off or fixed facts the wording needs beside the usual ones.
    #[serde(default)]
    pub facts: std::collections::BTreeMap<String, String>,
}

const fn default_priority() -> i64 {
    50
}

/// A schedule once it was read. It says nothing that its text does not say: two steps differ by their texts.
#[derive(Clone, Debug, Default)]
struct AsRead(OnceLock<Option<WallSchedule>>);

impl PartialEq for AsRead {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// When a step is due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Recurring: a cron expression with weekday names, in the person's zone.
    #[serde(default)]
    pub cron: Option<String>,
    /// The same as it was read: reading it costs more than asking it.
    #[serde(skip)]
    schedule: AsRead,
    /// Recurring by the goal rhythm.
    #[serde(default)]
    pub rhythm: Option<Rhythm>,
    /// Once, at the start of the enrolment.
    #[serde(default)]
    pub at_start: bool,
    /// Calendar days from the appointment's date; negative is before.
    #[serde(default)]
    pub days: Option<i64>,
    /// Working days from the appointment's date; negative is before.
    #[serde(default)]
    pub working_days: Option<i64>,
    /// Local time of day, "HH:MM".
    #[serde(default, with = "local_time")]
    pub at: Option<NaiveTime>,
    /// Hours before the appointment after which it is no longer useful.
    #[serde(default)]
    pub useful_until_hours_before: Option<i64>,
    /// With `past_due = "shorten"`: the shortest notice before it is no longer useful, in hours; 3 when not said.
    #[serde(default)]
    pub shortest_notice_hours: Option<i64>,
    /// Hours after its moment after which it is no longer useful (recurring steps).
    #[serde(default)]
    pub useful_for_hours: Option<i64>,
}

/// A question and what answer it expects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Asks {
    /// A count of the goal's unit; range and target come from the goal.
    GoalCount,
    /// Yes, no or some.
    YesNoSome,
    /// 0 to 10.
    Scale,
    /// Up to so many things to talk about.
    Agenda {
        /// The most items taken.
        max_items: u32,
    },
    /// Can the person come? The appointment's time is the context.
    Appointment,
    /// A home reading: `bp`, `weight`, `glucose`, `peak_flow`…
    Reading {
        /// Which.
        reading: String,
        /// How the text asks for it, in plain words.
        format: String,
        /// What it is called in the text.
        called: String,
    },
}

impl Programme {
    /// Reads a programme; every fault is named with its place.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let programme: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        let faults = programme.faults();
        if faults.is_empty() { Ok(programme) } else { Err(faults.join("; ")) }
    }

    /// What is wrong with it, in sentences; empty when it can run.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for step in &self.steps {
            let when = &step.when;
            let ways = usize::from(when.cron.is_some())
                + usize::from(when.rhythm.is_some())
                + usize::from(when.at_start)
                + usize::from(when.days.is_some())
                + usize::from(when.working_days.is_some());
            if ways != 1 {
                faults
                    .push(format!("step {}: say exactly one of cron, rhythm, at_start, days or working_days", step.id));
            }
            if when.is_relative() && when.at.is_none() {
                faults.push(format!("step {}: say at what time (at = \"10:00\")", step.id));
            }
            if when.rhythm.is_some() && when.at.is_none() {
                faults.push(format!("step {}: say at what time (at = \"10:00\")", step.id));
            }
            if let Some(expression) = &when.cron
                && let Err(fault) = WallSchedule::parse(expression)
            {
                faults.push(format!("step {}: {fault}", step.id));
            }
            if let Some(chased) = &step.chases
                && !self.steps.iter().any(|other| &other.id == chased)
            {
                faults.push(format!("step {}: there is no step \"{chased}\" to chase", step.id));
            }
        }
        faults
    }
}

impl When {
    /// Is it counted from an appointment?
    pub const fn is_relative(&self) -> bool {
        self.days.is_some() || self.working_days.is_some()
    }

    /// The schedule of `cron`, when it has one.
    pub fn schedule(&self) -> Option<&WallSchedule> {
        self.schedule.0.get_or_init(|| WallSchedule::parse(self.cron.as_deref()?).ok()).as_ref()
    }

    /// Does it come round again?
    pub const fn recurs(&self) -> bool {
        self.cron.is_some() || self.rhythm.is_some()
    }
}

mod local_time {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the form serde calls")]
    pub fn serialize<S: Serializer>(time: &Option<NaiveTime>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_some(&time.format("%H:%M").to_string()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveTime>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        NaiveTime::parse_from_str(&text, "%H:%M")
            .map(Some)
            .map_err(|_| serde::de::Error::custom(format!("\"{text}\" is not a time like 10:00")))
    }
}
