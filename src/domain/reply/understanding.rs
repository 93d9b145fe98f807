//! What a reply means: one first intent, its fields, what else was said, and who has to see it.

use super::reading_kind::ReadingKind;
use chrono::{NaiveDate, NaiveTime};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeSet;

macro_rules! intents {
    ($($intent:ident $word:literal,)+) => {
        /// What a person wants or says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "the words are defined in the vocabulary of the reply corpus")]
        pub enum Intent {
            $(#[serde(rename = $word)] $intent,)+
        }

        /// Every intent, by its number.
        pub(super) const ALL: [Intent; WORDS.len()] = [$(Intent::$intent),+];

        /// The words of the intents, in their order.
        pub(super) const WORDS: [&str; [$($word),+].len()] = [$($word),+];
    };
}
intents! {
    AutoReply "auto_reply",
    RedFlag "red_flag",
    Bereavement "bereavement",
    WrongPerson "wrong_person",
    Carer "carer",
    Stop "stop",
    Yes "yes",
    No "no",
    Partial "partial",
    ProgressNumber "progress_number",
    Choice "choice",
    AgendaItems "agenda_items",
    Confirm "confirm",
    Start "start",
    Help "help",
    Cancel "cancel",
    Reschedule "reschedule",
    ContactChange "contact_change",
    Reading "reading",
    Question "question",
    Language "language",
    Complaint "complaint",
    Other "other",
    Thanks "thanks",
    Unclear "unclear",
}

impl Intent {
    /// The word the vocabulary has for it.
    pub const fn word(self) -> &'static str {
        WORDS[self as usize]
    }
}

/// A family of danger. The words of each stand in the red-flag lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the families are described in the red-flag lexicon")]
pub enum Flag {
    ChestPain,
    Stroke,
    Breathless,
    Asthma,
    Anaphylaxis,
    Cyanosis,
    Collapse,
    Seizure,
    HeadInjury,
    Bleeding,
    Sepsis,
    Dka,
    Hypo,
    SightLoss,
    DiabeticFoot,
    Dvt,
    Palpitations,
    Pregnancy,
    Overdose,
    Suicide,
    SelfHarm,
    LowMood,
    Abuse,
    Safeguarding,
}

impl Flag {
    /// Danger to the person's own life by their own hand: another fixed text is sent.
    pub fn is_crisis(self) -> bool {
        matches!(self, Self::Suicide | Self::SelfHarm | Self::LowMood)
    }
}

/// The fixed text that answers danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DangerText {
    /// Where to turn in an emergency of the body.
    Danger,
    /// Where to turn in a crisis of the mind.
    Crisis,
}

/// Who has to read a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Nobody needs to.
    Auto,
    /// A person, and nothing is filed before.
    Review,
    /// A person, now.
    Urgent,
}

/// How much a stop ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything on this channel.
    All,
    /// One topic.
    Topic,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Part {
    Am,
    Pm,
    Eve,
}

/// What a blood glucose meter shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// A number.
    Number(f64),
    /// Above what the meter can measure.
    Hi,
    /// Below what the meter can measure.
    Lo,
}

/// One home reading, in the unit it is filed in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// Blood pressure in mmHg, pulse in beats a minute.
    Bp {
        /// The upper number.
        systolic: u16,
        /// The lower number.
        diastolic: u16,
        /// The pulse, when it stands beside them.
        pulse: Option<u16>,
    },
    /// Weight in kg, one decimal.
    Weight {
        /// Kilograms.
        kg: f64,
    },
    /// Any reading of one number.
    Single {
        /// Which.
        kind: ReadingKind,
        /// The number or meter word.
        level: Level,
        /// Its UCUM-like unit.
        unit: &'static str,
    },
}

impl Reading {
    /// Which reading it is.
    pub fn kind(&self) -> ReadingKind {
        match self {
            Self::Bp { .. } => ReadingKind::Bp,
            Self::Weight { .. } => ReadingKind::Weight,
            Self::Single { kind, .. } => *kind,
        }
    }
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("type", &self.kind())?;
        match self {
            Self::Bp { systolic, diastolic, pulse } => {
                map.serialize_entry("systolic", systolic)?;
                map.serialize_entry("diastolic", diastolic)?;
                if let Some(pulse) = pulse {
                    map.serialize_entry("pulse", pulse)?;
                }
            }
            Self::Weight { kg } => map.serialize_entry("kg", kg)?,
            Self::Single { level, unit, .. } => {
                match level {
                    Level::Number(n) => map.serialize_entry("value", &Plain(*n))?,
                    Level::Hi => map.serialize_entry("value", "HI")?,
                    Level::Lo => map.serialize_entry("value", "LO")?,
                }
                map.serialize_entry("unit", unit)?;
            }
        }
        map.end()
    }
}

/// The fields of the first intent and of those beside it. Only what was said is filled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    /// A count or mark.
    pub value: Option<f64>,
    /// The lower end of a range.
    pub min: Option<f64>,
    /// The upper end of a range.
    pub max: Option<f64>,
    /// The key of the one option chosen.
    pub option: Option<String>,
    /// The keys of several options.
    pub options: Option<Vec<String>>,
    /// Home readings in the order they were written.
    pub readings: Option<Vec<Reading>>,
    /// Things to talk about, in the person's words and order. Their number is sent as `n`.
    pub items: Option<Vec<String>>,
    /// A new date for an appointment.
    pub date: Option<NaiveDate>,
    /// A new time of day.
    pub time: Option<NaiveTime>,
    /// A part of the day.
    pub part: Option<Part>,
    /// How much a stop ends.
    pub scope: Option<Scope>,
    /// E.164.
    pub new_phone: Option<String>,
    /// As written, in lower case.
    pub new_email: Option<String>,
    /// As written.
    pub new_address: Option<String>,
    /// BCP 47.
    pub language: Option<&'static str>,
}

/// Why: what was seen, and where in the reply (offsets in characters).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// The reader's reason.
    pub what: Cow<'static, str>,
    /// First character.
    pub from: usize,
    /// One past the last.
    pub to: usize,
}

/// The meaning of one reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Understanding {
    /// What comes first.
    pub intent: Intent,
    /// Its fields and those of `also`.
    pub fields: Fields,
    /// What else was said.
    pub also: BTreeSet<Intent>,
    /// Who has to see it.
    pub route: Route,
    /// 0 to 1: how sure the reader is. It never lowers the route.
    pub confidence: f32,
    /// Reasons a coordinator can see.
    pub because: Vec<Because>,
    /// The family of danger.
    pub flag: Option<Flag>,
    /// The family it is like, where no phrase names one: shown to staff, and no text is sent for it.
    pub(super) likely_flag: Option<Flag>,
    /// Nothing may be sent to this person, not even a confirmation.
    pub(super) unsafe_contact: bool,
    /// The meaning is what the second reader takes it for.
    pub(super) suspected: bool,
}

impl Understanding {
    /// Somebody else may read this person's messages: nothing at all is sent, staff are alerted.
    pub fn unsafe_contact(&self) -> bool {
        self.unsafe_contact
    }

    /// The meaning is only what such replies mostly mean: a person decides, and nothing follows from it before.
    pub fn suspected(&self) -> bool {
        self.suspected
    }

    /// The fixed text this danger is answered with; none where nothing may be sent or no danger was read.
    pub fn danger_text(&self) -> Option<DangerText> {
        let flag = self.flag?;
        if self.unsafe_contact || matches!(flag, Flag::Abuse | Flag::Safeguarding) {
            return None;
        }
        Some(if flag.is_crisis() { DangerText::Crisis } else { DangerText::Danger })
    }

    /// True when `intent` comes first or beside it.
    pub fn says(&self, intent: Intent) -> bool {
        self.intent == intent || self.also.contains(&intent)
    }

    /// What has to end on this channel, if the person asked for an end.
    pub fn stop_scope(&self) -> Option<Scope> {
        self.says(Intent::Stop).then(|| self.fields.scope.unwrap_or(Scope::All))
    }

    /// The messages reach somebody who is not the patient.
    pub fn wrong_person(&self) -> bool {
        self.says(Intent::WrongPerson)
    }

    /// The patient has died.
    pub fn bereavement(&self) -> bool {
        self.says(Intent::Bereavement)
    }
}

/// Writes whole numbers without a decimal point, as people do.
struct Plain(f64);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            to.serialize_i64(self.0 as i64)
        } else {
            to.serialize_f64(self.0)
        }
    }
}

impl Serialize for Understanding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("intent", &self.intent)?;
        let f = &self.fields;
        for (key, value) in [("value", f.value), ("min", f.min), ("max", f.max)] {
            if let Some(value) = value {
                map.serialize_entry(key, &Plain(value))?;
            }
        }
        entry(&mut map, "option", f.option.as_ref())?;
        entry(&mut map, "options", f.options.as_ref())?;
        entry(&mut map, "readings", f.readings.as_ref())?;
        entry(&mut map, "items", f.items.as_ref())?;
        entry(&mut map, "n", f.items.as_ref().map(Vec::len).as_ref())?;
        entry(&mut map, "date", f.date.as_ref())?;
        entry(&mut map, "time", f.time.map(|t| t.format("%H:%M").to_string()).as_ref())?;
        entry(&mut map, "part", f.part.as_ref())?;
        entry(&mut map, "scope", f.scope.as_ref())?;
        entry(&mut map, "flag", self.flag.or(self.likely_flag).as_ref())?;
        entry(&mut map, "new_phone", f.new_phone.as_ref())?;
        entry(&mut map, "new_email", f.new_email.as_ref())?;
        entry(&mut map, "new_address", f.new_address.as_ref())?;
        entry(&mut map, "language", f.language.as_ref())?;
        map.serialize_entry("also", &self.also)?;
        map.serialize_entry("route", &self.route)?;
        map.serialize_entry("confidence", &self.confidence)?;
        map.serialize_entry("because", &self.because)?;
        map.end()
    }
}

fn entry<M: SerializeMap, T: Serialize>(map: &mut M, key: &'static str, value: Option<&T>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_intent_has_its_own_word() {
        for word in WORDS {
            let intent: Intent = serde_json::from_value(word.into()).expect("an intent");
            assert_eq!((intent.word(), ALL[intent as usize]), (word, intent));
        }
        assert_eq!(WORDS.len(), Intent::Unclear as usize + 1, "the last of them");
    }
}
