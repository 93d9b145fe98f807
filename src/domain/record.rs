//! One person's record as a value: what the timeline shows and what an export writes.
//!
//! It is filled by whoever can read the database and has no behaviour but its one-line form.

mod entry;
mod line;

pub use entry::{CheckInAnswer, ConfirmationAnswer, EntryKind, EntryStatus, ReadingValue, RecordEntry};
pub use line::{count_words, one_line};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::import::Deceased;
use crate::domain::result::{Aim, Code, Range, ReportStatus, ResultValue, TakenAt};

/// The channel a message took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Text message.
    Sms,
    /// Email.
    Email,
    /// Told to or typed in by staff.
    Staff,
}

impl Channel {
    /// The word people use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sms => "text",
            Self::Email => "email",
            Self::Staff => "staff",
        }
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Staff => "staff",
        }
    }
}

/// Everything held about one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatientRecordView {
    /// When this view was made.
    pub exported_at: DateTime<Utc>,
    /// The practice.
    pub practice: PracticeView,
    /// The person.
    pub patient: PatientView,
    /// Messages in both directions, oldest first.
    pub messages: Vec<MessageView>,
    /// Structured entries, oldest first.
    pub entries: Vec<RecordEntry>,
    /// Goals.
    pub goals: Vec<GoalView>,
    /// Consents, every change, oldest first.
    pub consents: Vec<ConsentView>,
    /// Appointments.
    pub appointments: Vec<AppointmentView>,
    /// Results that were released, and those withdrawn after release.
    pub results: Vec<ResultView>,
    /// Alerts.
    pub alerts: Vec<AlertView>,
}

/// The practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Organisation code (ODS).
    pub ods_code: Option<String>,
    /// Time zone in which dates are written.
    pub zone: chrono_tz::Tz,
}

/// The person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientView {
    /// Id.
    pub id: String,
    /// NHS number, ten digits.
    pub nhs_number: Option<String>,
    /// Further identifiers (system, value).
    pub identifiers: Vec<(String, String)>,
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
    /// What the person likes to be called.
    pub known_as: Option<String>,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Death.
    pub deceased: Deceased,
    /// Registered with the practice.
    pub registered: bool,
    /// Language, BCP 47.
    pub language: Option<String>,
    /// Numbers, E.164.
    pub phones: Vec<String>,
    /// Email addresses.
    pub emails: Vec<String>,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the person.
    Out,
    /// From the person.
    In,
}

/// One message as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Id.
    pub id: String,
    /// Direction.
    pub direction: Direction,
    /// Channel.
    pub channel: Channel,
    /// The text, exactly; `None` for one that was never rendered (held, skipped, cancelled).
    pub text: Option<String>,
    /// Subject of an email.
    pub subject: Option<String>,
    /// Kind of send (`goal_reminder`, `results_ahead` …).
    pub purpose: Option<String>,
    /// Template version by which it was rendered.
    pub template_version: Option<String>,
    /// Status (`delivered`, `held`, `handled` …).
    pub status: String,
    /// Why it has that status.
    pub status_reason: Option<String>,
    /// Planned time of an outgoing message.
    pub due_at: Option<DateTime<Utc>>,
    /// When sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When received: by us, or at the person's device as far as the gateway says.
    pub received_at: Option<DateTime<Utc>>,
    /// The message it answers.
    pub in_response_to: Option<String>,
    /// Files that came with it, by name: their content is not part of the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

impl MessageView {
    /// The moment by which it is ordered on a timeline.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        match self.direction {
            Direction::Out => self.sent_at.or(self.due_at),
            Direction::In => self.received_at,
        }
    }
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalView {
    /// Id.
    pub id: String,
    /// The words.
    pub text: String,
    /// The person's own words, not a clinical target.
    pub by_patient: bool,
    /// FHIR life-cycle status.
    pub lifecycle: String,
    /// FHIR achievement status.
    pub achievement: Option<String>,
    /// The plan in words.
    pub plan: Option<String>,
    /// Confidence 0 to 10.
    pub confidence: Option<u8>,
    /// Start.
    pub start: Option<NaiveDate>,
    /// Due.
    pub due: Option<NaiveDate>,
    /// Entries about it.
    pub entry_ids: Vec<String>,
}

/// A consent as it was given or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    /// Id.
    pub id: String,
    /// Channel code.
    pub channel: String,
    /// Purpose code.
    pub purpose: String,
    /// Allowed or refused.
    pub permitted: bool,
    /// Still the last word.
    pub current: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// How it came (`text STOP`, `at the desk` …).
    pub source: String,
    /// The message by which it came.
    pub message_id: Option<String>,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentView {
    /// Id.
    pub id: String,
    /// Status.
    pub status: crate::domain::import::AppointmentStatus,
    /// Beginning.
    pub start: DateTime<Utc>,
    /// End.
    pub end: Option<DateTime<Utc>>,
    /// Kind.
    pub service: Option<String>,
    /// Place.
    pub location: Option<String>,
    /// Clinician.
    pub clinician: Option<String>,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultView {
    /// Id.
    pub id: String,
    /// Catalogue key.
    pub test_key: Option<String>,
    /// Plain name.
    pub name: String,
    /// Codes.
    pub codes: Vec<Code>,
    /// Value in the canonical unit.
    pub value: ResultValue,
    /// Unit (UCUM).
    pub unit: Option<String>,
    /// Unit as people read it.
    pub plain_unit: Option<String>,
    /// As the source wrote it.
    pub original: String,
    /// When taken.
    pub taken_at: Option<TakenAt>,
    /// Laboratory's range.
    pub range: Range,
    /// The aim shown with it.
    pub aim: Option<Aim>,
    /// Status at the laboratory.
    pub status: ReportStatus,
    /// Released by.
    pub released_by: Option<String>,
    /// Released when.
    pub released_at: Option<DateTime<Utc>>,
    /// Withdrawn when.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// An alert to staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertView {
    /// Id.
    pub id: String,
    /// Kind (`danger`, `unsafe_contact` …).
    pub kind: String,
    /// Urgent.
    pub urgent: bool,
    /// When raised.
    pub raised_at: DateTime<Utc>,
    /// Who acknowledged it.
    pub acknowledged_by: Option<String>,
    /// When acknowledged.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// The message that raised it.
    pub message_id: Option<String>,
}
