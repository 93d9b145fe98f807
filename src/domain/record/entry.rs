//! Structured entries: what was understood, each beside the words it was understood from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Channel;
use crate::domain::result::Code;

/// How a goal went since the last question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckInAnswer {
    /// Yes.
    Yes,
    /// Some of it.
    Some,
    /// No.
    No,
    /// Done for good.
    Done,
    /// Wants to change the goal.
    Change,
    /// Wants to pause.
    Pause,
}

impl CheckInAnswer {
    /// Plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Some => "some of it",
            Self::No => "no",
            Self::Done => "done",
            Self::Change => "would like to change it",
            Self::Pause => "would like to pause",
        }
    }
}

/// Answer to "are you coming?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationAnswer {
    /// Coming.
    Coming,
    /// Not coming.
    NotComing,
    /// Cannot say.
    Unsure,
}

impl ConfirmationAnswer {
    /// Plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::NotComing => "not coming",
            Self::Unsure => "not sure of coming",
        }
    }
}

/// A number or two that the person measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReadingValue {
    /// One number.
    Number {
        /// Value in `unit`.
        value: f64,
        /// Unit (UCUM).
        unit: String,
        /// Unit as people read it.
        plain_unit: String,
        /// Decimals shown.
        decimals: u8,
    },
    /// Blood pressure in mmHg.
    BloodPressure {
        /// Top number.
        systolic: u16,
        /// Bottom number.
        diastolic: u16,
    },
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryKind {
    /// Goal check-in.
    CheckIn {
        /// Which goal.
        goal_id: Option<String>,
        /// Answer.
        answer: CheckInAnswer,
    },
    /// How often since the last question, in the goal's own unit; one number twice where no range was given.
    GoalCount {
        /// Which goal.
        goal_id: Option<String>,
        /// At least.
        low: f64,
        /// At most.
        high: f64,
        /// What is counted (`days`), as people read it; empty when the goal names nothing.
        unit: String,
    },
    /// A reading taken at home.
    Reading {
        /// Catalogue key.
        test_key: String,
        /// Short name for the record (`BP`, `weight`).
        name: String,
        /// Codes of the test.
        codes: Vec<Code>,
        /// Value.
        value: ReadingValue,
    },
    /// Something to talk about.
    AgendaItem {
        /// Place in the person's own order, from 1.
        position: u16,
        /// Topic from the menu, where one was chosen.
        topic: Option<String>,
        /// The person's own words.
        text: Option<String>,
        /// Marked private.
        private: bool,
        /// The appointment it is for.
        appointment_id: Option<String>,
    },
    /// Confidence about a goal.
    Confidence {
        /// Which goal.
        goal_id: Option<String>,
        /// 0 to 10.
        score: u8,
    },
    /// Answer about an appointment.
    Confirmation {
        /// Which one.
        appointment_id: Option<String>,
        /// Answer.
        answer: ConfirmationAnswer,
    },
    /// Anything else worth keeping, in words.
    Note {
        /// The words.
        text: String,
    },
}

impl EntryKind {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CheckIn { .. } => "check_in",
            Self::GoalCount { .. } => "goal_count",
            Self::Reading { .. } => "reading",
            Self::AgendaItem { .. } => "agenda_item",
            Self::Confidence { .. } => "confidence",
            Self::Confirmation { .. } => "confirmation",
            Self::Note { .. } => "note",
        }
    }
}

/// Whether an entry still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    /// As understood.
    Recorded,
    /// Corrected by staff.
    Corrected,
    /// Struck out by staff; kept.
    EnteredInError,
}

/// One entry with the words it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordEntry {
    /// Id.
    pub id: String,
    /// When the person said it.
    pub at: DateTime<Utc>,
    /// How it came.
    pub channel: Channel,
    /// What it says.
    pub what: EntryKind,
    /// The person's words, exactly.
    pub original_text: String,
    /// The message it was read from.
    pub message_id: Option<String>,
    /// The question it answers.
    pub question_id: Option<String>,
    /// Whether it stands.
    pub status: EntryStatus,
    /// Staff id, when staff entered or corrected it.
    pub recorded_by: Option<String>,
}
